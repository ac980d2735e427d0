"""Reads the tensors of a PyTorch checkpoint, zip or legacy, without running anything in it.

torch.load does not serve here: in PyTorch 1.13 weights_only=True refuses every checkpoint that holds a floating-point
number, such as the accuracy reached, and a pickle_module of one's own is ignored, so that the file's code runs.
This unpickler calls only what stands in this file. An optimiser, parsed arguments or numpy scalars beside the weights
become inert placeholders.
"""

import collections
import os
import pickle
import zipfile

import torch

WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model", "net")
PREFIXES = ("module.", "_orig_mod.")
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
STORAGES = {
    "FloatStorage": torch.float32, "HalfStorage": torch.float16, "BFloat16Storage": torch.bfloat16,
    "DoubleStorage": torch.float64, "LongStorage": torch.int64, "IntStorage": torch.int32,
    "ShortStorage": torch.int16, "CharStorage": torch.int8, "ByteStorage": torch.uint8, "BoolStorage": torch.bool,
}


class CheckpointError(Exception):
    """The file is not a checkpoint of tensors; the message says what it is."""


class Inert:
    """Stands for an object of an unknown class: takes whatever the pickle gives it and does nothing."""

    def __new__(cls, *_, **__):
        return super().__new__(cls)

    def __init__(self, *_, **__):
        pass

    def __setstate__(self, _):
        pass

    def __setitem__(self, _, __):
        pass

    def append(self, _):
        pass


def rebuild_tensor(storage, offset, size, stride, *_):
    """A view of a one-dimensional tensor; PyTorch checks that it lies inside."""
    return storage.as_strided(size, stride, offset)


def rebuild_parameter(data, *_):
    return data


KNOWN = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor"): rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
    **{("torch", name): dtype for name, dtype in STORAGES.items()},
}


class Unpickler(pickle.Unpickler):
    def __init__(self, file, storage):
        super().__init__(file, encoding="utf-8")
        self.storage = storage

    def find_class(self, module, name):
        return KNOWN.get((module, name)) or type(f"{module}.{name}", (Inert,), {})

    def persistent_load(self, identity):
        if identity[0] != "storage":
            return Inert()
        _, dtype, key, _, count = identity[:5]
        if not isinstance(dtype, torch.dtype):
            raise pickle.UnpicklingError(f"no storage type {dtype.__name__}")
        return self.storage(key, dtype, count)


def read_zip(path):
    """data.pkl describes the object; data/KEY holds one storage each, raw."""
    with zipfile.ZipFile(path) as archive:
        index = next((name for name in archive.namelist() if name.endswith("/data.pkl")), None)
        if index is None:
            raise pickle.UnpicklingError("a zip file without data.pkl")
        storages = {}

        def storage(key, dtype, count):
            if key not in storages:
                raw = bytearray(archive.read(index.replace("data.pkl", f"data/{key}")))
                storages[key] = torch.frombuffer(raw, dtype=dtype) if raw else torch.empty(0, dtype=dtype)
            if storages[key].numel() != count:
                raise pickle.UnpicklingError(f"storage {key} has {storages[key].numel()} elements, expected {count}")
            return storages[key]

        with archive.open(index) as file:
            return Unpickler(file, storage).load()


def read_legacy(path):
    """Five pickles (magic number, protocol, system, object, storage keys), then each storage: element count and raw."""
    limit = os.path.getsize(path)
    storages = {}

    def storage(key, dtype, count):
        if key not in storages:
            if count * dtype_size(dtype) > limit:
                raise pickle.UnpicklingError(f"storage {key} is larger than the file")
            storages[key] = torch.zeros(count, dtype=dtype)
        return storages[key]

    with open(path, "rb") as file:
        if Unpickler(file, storage).load() != LEGACY_MAGIC:
            raise pickle.UnpicklingError("neither a zip file nor PyTorch's magic number")
        for _ in ("protocol", "system"):
            Unpickler(file, storage).load()
        found = Unpickler(file, storage).load()
        for key in Unpickler(file, storage).load():
            values = storages[key]
            count = int.from_bytes(file.read(8), "little")
            raw = bytearray(file.read(values.numel() * values.element_size()))
            if count != values.numel() or len(raw) != values.numel() * values.element_size():
                raise pickle.UnpicklingError(f"storage {key} is cut short")
            if raw:
                values.copy_(torch.frombuffer(raw, dtype=values.dtype))
        return found


def dtype_size(dtype):
    return torch.empty(0, dtype=dtype).element_size()


def load(path):
    """The tensors of a checkpoint by name: inside its wrapper, without prefixes."""
    try:
        found = read_zip(path) if zipfile.is_zipfile(path) else read_legacy(path)
    except OSError:
        raise
    except Exception as error:
        # A broken pickle makes the unpickler fail with almost any exception.
        raise CheckpointError(f"{path}: not a PyTorch checkpoint: {type(error).__name__}: {error}") from error
    while isinstance(found, dict) and (key := next((k for k in WRAPPERS if isinstance(found.get(k), dict)), None)):
        found = found[key]
    if not isinstance(found, dict):
        raise CheckpointError(f"{path}: holds a {type(found).__name__}, expected a dictionary of tensors; "
                              "save model.state_dict(), not the model")
    tensors = {}
    for name, value in found.items():
        if isinstance(value, Inert):
            raise CheckpointError(f"{path}: {name} is a {type(value).__name__}, expected a tensor")
        if isinstance(value, torch.Tensor):
            plain = strip(str(name))
            if plain in tensors:
                raise CheckpointError(f"{path}: two tensors are named {plain} once prefixes are gone")
            tensors[plain] = value
    if not tensors:
        raise CheckpointError(f"{path}: no tensors; its keys are {', '.join(map(str, list(found)[:8]))}")
    return tensors


def strip(name):
    """A tensor's name without the prefixes that wrappers of the whole model put before it."""
    while prefix := next((p for p in PREFIXES if name.startswith(p)), None):
        name = name[len(prefix):]
    return name
