package lanewise.weights;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the header of a NumPy array file says: a Python dict of {@code descr}, {@code fortran_order} and {@code shape}. */
record NpyHeader(DType dtype, ByteOrder order, boolean fortranOrder, List<Integer> dims) {
    private static final Pattern DICT = Pattern.compile("\\{(.*)\\}\\s*", Pattern.DOTALL);
    private static final Pattern ITEM = Pattern.compile(
            "\\G\\s*'(descr|fortran_order|shape)'\\s*:\\s*('[<>|=][a-z][0-9]{1,2}'|True|False|\\([0-9, ]*\\))\\s*(?:,|$)");

    static NpyHeader parse(FileBytes file, String text) throws WeightException {
        Matcher dict = DICT.matcher(text);
        if (!dict.matches()) {
            throw fault(file, "header", "a Python dict", text);
        }
        Map<String, String> items = new HashMap<>();
        Matcher item = ITEM.matcher(dict.group(1));
        int end = 0;
        while (item.find()) {
            if (items.put(item.group(1), item.group(2)) != null) {
                throw fault(file, "header", "each key once", text);
            }
            end = item.end();
        }
        if (items.size() != 3 || !dict.group(1).substring(end).isBlank()) {
            throw fault(file, "header", "the keys descr, fortran_order and shape", text);
        }
        String descr = items.get("descr").replace("'", "");
        return new NpyHeader(dtype(file, descr), order(descr), fortran(file, items.get("fortran_order")),
                dims(file, items.get("shape")));
    }

    private static DType dtype(FileBytes file, String descr) throws WeightException {
        return switch (descr.substring(1)) {
            case "f8" -> DType.F64;
            case "f4" -> DType.F32;
            case "f2" -> DType.F16;
            case "i8" -> DType.I64;
            case "i4" -> DType.I32;
            case "i2" -> DType.I16;
            case "i1" -> DType.I8;
            case "u8" -> DType.U64;
            case "u4" -> DType.U32;
            case "u2" -> DType.U16;
            case "u1" -> DType.U8;
            case "b1" -> DType.BOOL;
            default -> throw fault(file, "descr", "a floating-point, integer or boolean type", descr);
        };
    }

    private static ByteOrder order(String descr) {
        return switch (descr.charAt(0)) {
            case '>' -> ByteOrder.BIG_ENDIAN;
            case '=' -> ByteOrder.nativeOrder();
            default -> ByteOrder.LITTLE_ENDIAN;
        };
    }

    private static boolean fortran(FileBytes file, String value) throws WeightException {
        return switch (value) {
            case "True" -> true;
            case "False" -> false;
            default -> throw fault(file, "fortran_order", "True or False", value);
        };
    }

    private static List<Integer> dims(FileBytes file, String tuple) throws WeightException {
        if (!tuple.startsWith("(")) {
            throw fault(file, "shape", "a tuple", tuple);
        }
        String inner = tuple.substring(1, tuple.length() - 1).strip();
        List<Integer> dims = new ArrayList<>();
        if (!inner.isEmpty()) {
            // Python writes (3,) for one extent; a comma may follow the last.
            String[] parts = (inner.endsWith(",") ? inner.substring(0, inner.length() - 1) : inner).split(",", -1);
            for (String part : parts) {
                if (!part.strip().matches("[0-9]{1,10}") || Long.parseLong(part.strip()) > Integer.MAX_VALUE) {
                    throw fault(file, "shape", "extents from 0 to 2^31 - 1", tuple);
                }
                dims.add(Integer.parseInt(part.strip()));
            }
        }
        return List.copyOf(dims);
    }

    private static WeightException fault(FileBytes file, String place, String expected, String found) {
        return file.fault(place, expected, found, "write it with numpy.save(path, array.astype('<f4'))");
    }
}
