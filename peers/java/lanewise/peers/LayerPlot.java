package lanewise.peers;

import java.util.List;
import java.util.Locale;

/**
 * A bar for each layer against the roof that the machine's multiply-add units are, as an SVG picture that brings its own
 * background, in light and in dark.
 *
 * @param roof GFLOP/s
 */
record LayerPlot(String title, String subtitle, double roof, List<Bar> bars) {
    private static final int LEFT = 210;
    private static final int PLOT = 480;
    private static final int RIGHT = 70;
    private static final int TOP = 104;
    private static final int ROW = 20;
    private static final int BOTTOM = 44;
    private static final int TICKS = 5;
    private static final String STYLE = """
            <style>
            text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
            .title { font-size: 16px; font-weight: 600 }
            .quiet { fill: #59636e }
            .value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
            .back { fill: #ffffff; stroke: #d1d9e0 }
            .grid { stroke: #d1d9e0 }
            .roof { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 6 4 }
            .rooftext { fill: #cf222e }
            .c0 { fill: #4c8dd6 } .c1 { fill: #2da58e } .c2 { fill: #c9872b } .c3 { fill: #9a6fd0 }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 }
            .quiet { fill: #9198a1 }
            .value { stroke: #0d1117 }
            .back { fill: #0d1117; stroke: #3d444d }
            .grid { stroke: #3d444d }
            .roof { stroke: #ff7b72 }
            .rooftext { fill: #ff7b72 }
            }
            </style>
            """;
    /** Colours that the style has. */
    private static final int COLOURS = 4;

    /**
     * @param name the layer
     * @param kind what computes it; bars of one kind have one colour
     * @param gflops by the direct algorithm's count
     * @param milliseconds of the layer
     */
    record Bar(String name, String kind, double gflops, double milliseconds) {}

    LayerPlot {
        bars = List.copyOf(bars);
    }

    String svg() {
        int width = LEFT + PLOT + RIGHT;
        int bottom = TOP + ROW * bars.size();
        int height = bottom + BOTTOM;
        double step = step();
        double scale = PLOT / (step * TICKS);
        StringBuilder svg = new StringBuilder();
        add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %1$d %2$d\" role=\"img\""
                + " aria-label=\"%s\">", width, height, escape(title));
        svg.append(STYLE);
        add(svg, "<rect class=\"back\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"6\"/>", width - 1, height - 1);
        add(svg, "<text class=\"title\" x=\"20\" y=\"30\">%s</text>", escape(title));
        add(svg, "<text class=\"quiet\" x=\"20\" y=\"50\">%s</text>", escape(subtitle));
        legend(svg);
        for (int tick = 0; tick <= TICKS; tick++) {
            double x = LEFT + tick * step * scale;
            add(svg, "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%1$.1f\" y2=\"%d\"/>", x, TOP, bottom);
            add(svg, "<text class=\"quiet\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>", x, bottom + 18, tick * step);
        }
        add(svg, "<text class=\"quiet\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">GFLOP/s</text>", LEFT + PLOT / 2, bottom + 34);
        List<String> kinds = kinds();
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int y = TOP + ROW * i;
            add(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 8, y + 14, escape(bar.name));
            add(svg, "<rect class=\"c%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s, %.3f ms</title></rect>",
                    kinds.indexOf(bar.kind) % COLOURS, LEFT, y + 3, bar.gflops * scale, ROW - 6, escape(bar.kind),
                    bar.milliseconds);
        }
        double x = LEFT + roof * scale;
        add(svg, "<line class=\"roof\" x1=\"%.1f\" y1=\"%d\" x2=\"%1$.1f\" y2=\"%d\"/>", x, TOP - 6, bottom);
        add(svg, "<text class=\"rooftext\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">FMA peak %.0f</text>", x, TOP - 12, roof);
        for (int i = 0; i < bars.size(); i++) {
            double gflops = bars.get(i).gflops;
            add(svg, "<text class=\"value\" x=\"%.1f\" y=\"%d\">%.0f</text>", LEFT + gflops * scale + 5, TOP + ROW * i + 14,
                    gflops);
        }
        return svg.append("</svg>\n").toString();
    }

    private void legend(StringBuilder svg) {
        int x = 20;
        for (String kind : kinds()) {
            add(svg, "<rect class=\"c%d\" x=\"%d\" y=\"62\" width=\"12\" height=\"12\"/>", kinds().indexOf(kind) % COLOURS, x);
            add(svg, "<text x=\"%d\" y=\"72\">%s</text>", x + 18, escape(kind));
            x += 36 + 7 * kind.length();
        }
    }

    /** In the order in which they first appear. */
    private List<String> kinds() {
        return bars.stream().map(Bar::kind).distinct().toList();
    }

    /** A round distance of ticks, so that the longest bar and the roof fit. */
    private double step() {
        double most = bars.stream().mapToDouble(Bar::gflops).reduce(roof, Math::max) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(most)));
        for (double digit : new double[] {1, 2, 2.5, 3, 4, 5, 6, 8}) {
            if (digit * power >= most) {
                return digit * power;
            }
        }
        return 10 * power;
    }

    private static void add(StringBuilder svg, String pattern, Object... values) {
        svg.append(String.format(Locale.ROOT, pattern, values)).append('\n');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
