package lanewise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rows of text in aligned columns. */
final class Table {
    private static final String GAP = "  ";

    private final List<Boolean> right;
    private final List<List<String>> rows = new ArrayList<>();

    private Table(List<Boolean> right) {
        this.right = right;
    }

    /** A table without a header; {@code alignment} has one letter a column, {@code l} for left and {@code r} for right. */
    static Table aligned(String alignment) {
        return new Table(alignment.chars().mapToObj(letter -> letter == 'r').toList());
    }

    Table row(String... cells) {
        if (cells.length != right.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + right.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The rows as lines of one width, the last column's padding included. */
    List<String> lines() {
        int[] widths = IntStream.range(0, right.size())
                .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
                .toArray();
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            String padding = " ".repeat(widths[column] - cell.length());
            line.append(column == 0 ? "" : GAP)
                    .append(right.get(column) ? padding : "")
                    .append(cell)
                    .append(right.get(column) ? "" : padding);
        }
        return line.toString();
    }
}
