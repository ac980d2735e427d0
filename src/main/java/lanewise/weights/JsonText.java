package lanewise.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** One JSON document of a file, read token by token: strict, without duplicate names, within limits. */
final class JsonText {
    /** The longest document, in bytes: what the safetensors format allows its header. */
    static final long LONGEST = 100_000_000;

    private static final int DEPTH = 64;
    private static final int LONGEST_NAME = 1 << 16;
    private static final int LONGEST_VALUE = 16 << 20;
    private static final int LONGEST_NUMBER = 64;
    private static final String CURE = "it is damaged or hostile; fetch the file again";

    private final FileBytes file;
    private final JsonParser parser;

    private JsonText(FileBytes file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /** Takes the whole of a document. */
    @FunctionalInterface
    interface Content<T> {
        T read(JsonText json) throws IOException, WeightException;
    }

    /**
     * Reads the document in {@code length} bytes from byte {@code start} on; nothing but white space may follow it there.
     *
     * @param place what it is, in messages
     */
    static <T> T read(FileBytes file, String place, long start, long length, Content<T> content) throws WeightException {
        // The decoder throws on bytes that are not UTF-8, which a JSON parser fed with bytes may let pass.
        try (InputStreamReader text = new InputStreamReader(
                        file.stream(start, length), StandardCharsets.UTF_8.newDecoder());
                JsonParser parser = factory().createParser(text)) {
            T value = content.read(new JsonText(file, parser));
            if (parser.nextToken() != null) {
                throw file.fault(place, "one JSON object", "more after it", CURE);
            }
            return value;
        } catch (JsonProcessingException e) {
            throw file.fault(place, "a JSON object", e.getOriginalMessage(), CURE);
        } catch (CharacterCodingException e) {
            throw file.fault(place, "JSON in UTF-8", "bytes that are none", CURE);
        } catch (IOException e) {
            throw file.fault(place, e);
        }
    }

    private static JsonFactory factory() {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH)
                        .maxNameLength(LONGEST_NAME)
                        .maxStringLength(LONGEST_VALUE)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxDocumentLength(LONGEST)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // The symbol table throws on many names of one hash; a map of strings copes with them.
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
    }

    /** Moves to the next token. */
    JsonToken next() throws IOException {
        return parser.nextToken();
    }

    /** Moves to the next token, which must be of this kind. */
    void next(String place, JsonToken wanted) throws IOException, WeightException {
        require(place, wanted, parser.nextToken());
    }

    void require(String place, JsonToken wanted, JsonToken token) throws WeightException {
        if (token != wanted) {
            throw file.fault(place, wanted.toString(), token == null ? "the end" : token.toString(),
                    "write the file with the library of its format");
        }
    }

    /** Moves to the next field of an object; null at its end. */
    String field(String place) throws IOException, WeightException {
        String name = parser.nextFieldName();
        if (name == null) {
            require(place, JsonToken.END_OBJECT, parser.currentToken());
        }
        return name;
    }

    /** Passes over the value of the present field. Its names are charged too: the search for duplicates keeps them. */
    void skip(Budget budget, String place) throws IOException, WeightException {
        int depth = 0;
        do {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.FIELD_NAME) {
                charge(budget, place, parser.getTextLength());
            } else if (token != null && token.isStructStart()) {
                depth++;
            } else if (token != null && token.isStructEnd()) {
                depth--;
            }
        } while (depth > 0 && parser.currentToken() != null);
    }

    /** What a name costs. */
    static void charge(Budget budget, String place, int length) throws WeightException {
        budget.charge(128, place);
        budget.chargeText(length, place);
    }

    int textLength() throws IOException {
        return parser.getTextLength();
    }

    String text() throws IOException {
        return parser.getText();
    }

    /** The present number, from 0 to 2<sup>63</sup> - 1. */
    long natural(String place) throws IOException, WeightException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER || parser.getLongValue() < 0) {
            throw file.fault(place, "a whole number from 0 to 2^63 - 1", parser.getText(), "");
        }
        return parser.getLongValue();
    }
}
