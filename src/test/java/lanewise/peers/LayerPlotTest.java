package lanewise.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class LayerPlotTest {
    private static final LayerPlot.Bar DIRECT = new LayerPlot.Bar("conv1", "DirectConv", 100, 2.5);
    private static final LayerPlot.Bar WINOGRAD = new LayerPlot.Bar("layer1 <&>", "AxisWinograd", 150, 1);

    private static Document parse(LayerPlot plot) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(plot.svg())));
    }

    private static double number(NodeList elements, int index, String attribute) {
        return Double.parseDouble(((Element) elements.item(index)).getAttribute(attribute));
    }

    @Test
    void barsAndRoofHaveOneScale() throws Exception {
        Document svg = parse(new LayerPlot("a \"title\"", "where", 120, List.of(DIRECT, WINOGRAD)));
        NodeList rects = svg.getElementsByTagName("rect");
        double direct = number(rects, rects.getLength() - 2, "width");
        double winograd = number(rects, rects.getLength() - 1, "width");
        double left = number(rects, rects.getLength() - 1, "x");
        NodeList lines = svg.getElementsByTagName("line");
        double roof = number(lines, lines.getLength() - 1, "x1") - left;
        assertEquals(1.5, winograd / direct, 0.01);
        assertEquals(1.2, roof / direct, 0.01);
        assertTrue(left + winograd < number(svg.getElementsByTagName("svg"), 0, "width"));
    }

    @Test
    void aDeepNetworkFitsAReadme() {
        List<LayerPlot.Bar> bars = IntStream.range(0, 156).mapToObj(i -> i % 2 == 0 ? DIRECT : WINOGRAD).toList();
        int length = new LayerPlot("resnet152", "where", 1, bars).svg().length();
        assertTrue(length < 60_000, "characters: " + length);
    }
}
