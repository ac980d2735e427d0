package lanewise.cli;

import java.io.BufferedWriter;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import lanewise.media.MediaException;
import lanewise.model.Resize;
import lanewise.model.Rgb;
import lanewise.nn.ShapeException;
import lanewise.nn.WarmUp;
import lanewise.tensor.Shape;
import lanewise.weights.WeightException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. Answers go to standard output; whatever is wrong goes to standard error, in one line. */
@Command(name = "lanewise", versionProvider = Main.Version.class, sortOptions = false,
        subcommands = {Classify.class, Run.class, Describe.class, Bench.class, Inspect.class, Convert.class},
        description = "ResNet and R(2+1)D inference on the CPU in pure Java.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is well", "1:an internal error; please report it", "2:bad input, which the message names"},
        footer = {
            "",
            "Examples:",
            "  lanewise classify --model motion holiday.mp4",
            "  lanewise describe resnet18 r2plus1d_18",
            "  lanewise bench resnet50 --threads 1",
            "  lanewise inspect resnet18.pth",
            "  lanewise VERB --help",
            "",
            "LANEWISE_DEBUG=1 in the environment adds a stack trace to errors."})
public final class Main implements Runnable {
    static final int OK = 0;
    static final int INTERNAL = 1;
    static final int BAD_INPUT = 2;

    /** Verbs that need the kernels at once. */
    private static final Set<String> ANSWERING = Set.of("classify", "run");
    /** Most answers are written at once. */
    private static final int BUFFER = 1 << 16;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help and exit.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version and exit.")
    private boolean version;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        if (args.length > 0 && ANSWERING.contains(args[0])) {
            WarmUp.start();
        }
        System.exit(run(args, writer(FileDescriptor.out), new PrintWriter(writer(FileDescriptor.err))));
    }

    /** UTF-8 whatever the locale: answers are read by programs, and labels have accents. */
    private static Writer writer(FileDescriptor target) {
        return new BufferedWriter(
                new OutputStreamWriter(new FileOutputStream(target), StandardCharsets.UTF_8), BUFFER);
    }

    /** Remembers why it could not write, which a {@link PrintWriter} does not tell. */
    private static final class Answers extends FilterWriter {
        private Optional<IOException> fault = Optional.empty();

        Answers(Writer target) {
            super(target);
        }

        @Override
        public void write(char[] text, int from, int count) throws IOException {
            tell(() -> out.write(text, from, count));
        }

        @Override
        public void write(String text, int from, int count) throws IOException {
            tell(() -> out.write(text, from, count));
        }

        @Override
        public void flush() throws IOException {
            tell(out::flush);
        }

        private void tell(Writing writing) throws IOException {
            try {
                writing.run();
            } catch (IOException e) {
                fault = fault.or(() -> Optional.of(e));
                throw e;
            }
        }
    }

    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    /** Runs one command line and returns its exit code; both writers are flushed. */
    static int run(String[] args, Writer target, PrintWriter err) {
        Answers answers = new Answers(target);
        PrintWriter out = new PrintWriter(answers);
        int code;
        try {
            code = commandLine(out, err).execute(args);
        } catch (OutOfMemoryError e) {
            code = report(err, e, BAD_INPUT, "not enough memory (" + e.getMessage() + "); take a smaller"
                    + " shape or batch, or where it is Java's heap that is full, set LANEWISE_JAVA_OPTS=-Xmx4g");
        } catch (Error e) {
            code = internal(err, e);
        }
        out.flush();
        // A reader such as head that leaves early has what it wanted.
        boolean left = answers.fault.filter(e -> String.valueOf(e.getMessage()).contains("Broken pipe")).isPresent();
        if (out.checkError() && !left) {
            err.println("lanewise: cannot write to standard output; is the disk full?");
            code = BAD_INPUT;
        }
        err.flush();
        return code;
    }

    private static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setPosixClusteredShortOptionsAllowed(false)
                .setOut(out)
                .setErr(err)
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                .registerConverter(int.class, converter(Main::wholeNumber))
                .registerConverter(Integer.class, converter(Main::wholeNumber))
                .registerConverter(double.class, converter(Main::number))
                .registerConverter(Format.class, converter(Format::parse))
                .registerConverter(Setting.class, converter(Setting::parse))
                .registerConverter(Path.class, converter(Main::path))
                .registerConverter(Subject.Trained.class, converter(Subject::trained))
                .registerConverter(Shape.class, converter(Shape::parse))
                .registerConverter(Resize.class, converter(PreprocessingOptions::resize))
                .registerConverter(PreprocessingOptions.Size.class, converter(PreprocessingOptions.Size::parse))
                .registerConverter(Rgb.class, converter(PreprocessingOptions::rgb))
                .setParameterExceptionHandler((e, _) -> misuse(err, e))
                .setExecutionExceptionHandler((e, _, _) -> failure(err, e));
    }

    private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static Integer wholeNumber(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number, or too large a one", e);
        }
    }

    private static Double number(String text) {
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a number", e);
        }
    }

    /** @throws IllegalArgumentException if the system's character set does not have all the letters */
    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' cannot be a file name in this locale; set LC_ALL=C.UTF-8", e);
        }
    }

    private static int misuse(PrintWriter err, ParameterException e) {
        // What is missing may be there under a mistyped name, which says more.
        List<String> unmatched = e.getCommandLine().getUnmatchedArguments();
        Optional<String> option = unmatched.stream().filter(word -> word.startsWith("-")).findFirst();
        boolean unknown = e instanceof UnmatchedArgumentException || e instanceof MissingParameterException;
        String message = unknown && option.isPresent() ? "unknown option '" + option.get() + "'" : e.getMessage();
        return report(err, e, BAD_INPUT, message + "; " + (unknown ? hint(e.getCommandLine(), unmatched, option) : "")
                + "see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    }

    private static String hint(CommandLine command, List<String> unmatched, Optional<String> option) {
        if (option.isPresent() && new File(option.get()).exists()) {
            return "if the file is meant, write ./" + option.get() + "; ";
        }
        List<String> words = option.map(List::of).orElse(unmatched);
        List<String> similar = words.isEmpty() ? List.of() : new UnmatchedArgumentException(command, words).getSuggestions();
        return similar.isEmpty() ? "" : "did you mean " + similar.getFirst() + "? ";
    }

    private static int failure(PrintWriter err, Exception e) {
        return switch (e) {
            case UserException _, MediaException _, ShapeException _ -> report(err, e, BAD_INPUT, e.getMessage());
            case WeightException weights -> report(err, e, BAD_INPUT, brief(weights));
            default -> internal(err, e);
        };
    }

    /** A report of many misfits comes down to its first one. */
    private static String brief(WeightException e) {
        List<String> lines = e.getMessage().lines().map(String::strip).toList();
        if (lines.size() == 1) {
            return e.getMessage();
        }
        return lines.get(0) + ", first " + lines.get(1).replaceAll(" +", " ")
                + (lines.size() > 2 ? " (LANEWISE_DEBUG=1 lists more)" : "") + "; " + e.cure();
    }

    private static int internal(PrintWriter err, Throwable e) {
        return report(err, e, INTERNAL, "internal error: " + e
                + "; please report it together with what LANEWISE_DEBUG=1 prints");
    }

    private static int report(PrintWriter err, Throwable e, int code, String message) {
        err.println("lanewise: " + oneLine(message));
        if ("1".equals(System.getenv("LANEWISE_DEBUG"))) {
            e.printStackTrace(err);
        }
        return code;
    }

    /** File names and foreign messages may hold line breaks and worse. */
    static String oneLine(String message) {
        return message.lines().map(String::strip).collect(Collectors.joining(" ")).replaceAll("\\p{Cntrl}", "?");
    }

    /** A bad input among several: what is wrong with it, while the others go on. */
    static int report(PrintWriter err, Exception e) {
        int code = failure(err, e);
        err.flush();
        return code;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no verb given: classify, run, describe, bench, inspect or convert");
    }

    /** The version of the jar and of the Java that runs it. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"lanewise " + version().orElse("(not from a jar)") + ", Java " + Runtime.version()};
        }

        private static Optional<String> version() {
            Module module = Main.class.getModule();
            return module.isNamed() ? module.getDescriptor().rawVersion()
                    : Optional.ofNullable(Main.class.getPackage().getImplementationVersion());
        }
    }
}
