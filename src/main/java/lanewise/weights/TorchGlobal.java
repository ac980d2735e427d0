package lanewise.weights;

import java.util.List;
import java.util.Optional;

/** The functions and classes that a pickled checkpoint may name with effect. There are no others. */
enum TorchGlobal {
    ORDERED_DICT("collections", "OrderedDict"),
    SIZE("torch", "Size"),
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor"),
    REBUILD_TENSOR_V2("torch._utils", "_rebuild_tensor_v2"),
    REBUILD_PARAMETER("torch._utils", "_rebuild_parameter"),
    REBUILD_PARAMETER_WITH_STATE("torch._utils", "_rebuild_parameter_with_state"),
    DOUBLE_STORAGE("torch", "DoubleStorage"),
    FLOAT_STORAGE("torch", "FloatStorage"),
    HALF_STORAGE("torch", "HalfStorage"),
    BFLOAT16_STORAGE("torch", "BFloat16Storage"),
    LONG_STORAGE("torch", "LongStorage"),
    INT_STORAGE("torch", "IntStorage"),
    SHORT_STORAGE("torch", "ShortStorage"),
    CHAR_STORAGE("torch", "CharStorage"),
    BYTE_STORAGE("torch", "ByteStorage"),
    BOOL_STORAGE("torch", "BoolStorage"),
    COMPLEX_FLOAT_STORAGE("torch", "ComplexFloatStorage");

    private static final List<TorchGlobal> ALL = List.of(values());

    private final String module;
    private final String name;

    TorchGlobal(String module, String name) {
        this.module = module;
        this.name = name;
    }

    static Optional<TorchGlobal> of(String module, String name) {
        for (TorchGlobal global : ALL) {
            if (global.module.equals(module) && global.name.equals(name)) {
                return Optional.of(global);
            }
        }
        return Optional.empty();
    }

    String qualifiedName() {
        return module + "." + name;
    }

    /** The element type of a storage class; empty for anything else. */
    Optional<DType> elementType() {
        return switch (this) {
            case DOUBLE_STORAGE -> Optional.of(DType.F64);
            case FLOAT_STORAGE -> Optional.of(DType.F32);
            case HALF_STORAGE -> Optional.of(DType.F16);
            case BFLOAT16_STORAGE -> Optional.of(DType.BF16);
            case LONG_STORAGE -> Optional.of(DType.I64);
            case INT_STORAGE -> Optional.of(DType.I32);
            case SHORT_STORAGE -> Optional.of(DType.I16);
            case CHAR_STORAGE -> Optional.of(DType.I8);
            case BYTE_STORAGE -> Optional.of(DType.U8);
            case BOOL_STORAGE -> Optional.of(DType.BOOL);
            case COMPLEX_FLOAT_STORAGE -> Optional.of(DType.C64);
            case ORDERED_DICT, SIZE, REBUILD_TENSOR, REBUILD_TENSOR_V2, REBUILD_PARAMETER,
                    REBUILD_PARAMETER_WITH_STATE -> Optional.empty();
        };
    }
}
