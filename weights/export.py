#!/usr/bin/env python3
"""Writes a PyTorch checkpoint as one safetensors file that Lanewise reads, with its preprocessing and provenance.

  export.py resnet18 --weights resnet18-f37072fd.pth -o resnet18.safetensors
  export.py r2plus1d_18 --pretrained -o r2plus1d_18.safetensors
  export.py resnet50 --seeded --dtype F16 -o resnet50-seeded.safetensors
  export.py --state-dict model_data.pth.tar -o mine.safetensors --metadata note=mine
  export.py --labels kinetics400 -o kinetics400.txt
  export.py resnet18 --seeded --engines -o resnet18.safetensors

An architecture is a torchvision ResNet or video ResNet by name (see --list); its tensors must fit that network.
--state-dict takes any checkpoint: it looks inside state_dict, model_state_dict, model_state, model or net, strips the
prefixes module. and _orig_mod., and leaves out everything that is not a tensor.
--engines writes the same network as TorchScript and ONNX beside the output, for the benchmark in peers/.
Exit code: 0 written, 1 the file or the network is at fault, 2 the command line is.
"""

import argparse
import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import torch
import torchvision
from torchvision import models

import engines
import seeded
from checkpoint import CheckpointError, load

MODULES = ("torchvision.models.resnet", "torchvision.models.video.resnet")
LABELS = {
    "imagenet": models.ResNet18_Weights.IMAGENET1K_V1,
    "kinetics400": models.video.R2Plus1D_18_Weights.KINETICS400_V1,
}
CLIP_FRAMES, CLIP_STRIDE = 16, 2
FLOATS = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
NAMES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32",
         torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL"}


class ExportError(Exception):
    """The network asked for is not to be had; the message says why."""


def architectures():
    return [name for name in models.list_models() if models.get_model_builder(name).__module__ in MODULES]


def torchvision_network(arguments):
    """A torchvision network and its metadata."""
    name = arguments.architecture
    if name not in architectures():
        raise ExportError(f"{name}: not a ResNet of torchvision; there are {', '.join(architectures())}")
    weights = published(name, arguments)
    if arguments.pretrained:
        try:
            model, source = models.get_model(name, weights=weights), str(weights)
        except OSError as error:
            raise ExportError(f"{weights.url}: {error}") from error
    elif arguments.seeded:
        model, source = seeded.fill(models.get_model(name)), "seeded"
    else:
        tensors = load(arguments.weights)
        if "fc.weight" not in tensors:
            raise ExportError(f"{arguments.weights}: no fc.weight, so not {name}; --state-dict exports any network")
        model, source = models.get_model(name, num_classes=len(tensors["fc.weight"])), Path(arguments.weights).name
        try:
            model.load_state_dict(tensors)
        except RuntimeError as error:
            raise ExportError(f"{arguments.weights}: does not fit {name}\n{error}") from error
    metadata = {
        "lanewise.architecture": name,
        "lanewise.preprocessing": json.dumps(preprocessing(weights.transforms()), separators=(",", ":")),
        "lanewise.source": source,
        "torchvision": torchvision.__version__,
    }
    if model.fc.out_features == len(weights.meta["categories"]):
        metadata["lanewise.labels"] = json.dumps(weights.meta["categories"], separators=(",", ":"))
    return model, metadata


def published(name, arguments):
    """torchvision's entry for the weights: the one asked for, else the one the file is named after, else its newest."""
    entries = models.get_model_weights(name)
    if arguments.version:
        if arguments.version not in entries.__members__:
            raise ExportError(f"{name} has no weights {arguments.version}; there are {', '.join(entries.__members__)}")
        return entries[arguments.version]
    wanted = Path(arguments.weights).name if arguments.weights else None
    return next((entry for entry in entries if Path(entry.url).name == wanted), entries.DEFAULT)


def preprocessing(preset):
    """How a picture or a clip becomes the network's input. One number in resize is the shorter side, two are H, W."""
    video = "video" in type(preset).__name__.lower()
    height, width = preset.crop_size * (3 - len(preset.crop_size))
    return {
        "resize": list(preset.resize_size) if video else preset.resize_size[0],
        "interpolation": "bilinear" if video else "antialiased",
        "height": height,
        "width": width,
        "mean": list(preset.mean),
        "std": list(preset.std),
        "frames": CLIP_FRAMES if video else 1,
        "stride": CLIP_STRIDE if video else 1,
    }


def convert(name, value, dtype):
    """Matrices and kernels take the chosen type; vectors (biases, batch norm) stay F32: few, and they set the scale."""
    if value.is_floating_point():
        made = value.to(FLOATS[dtype] if value.dim() > 1 else torch.float32)
        if bool((made.isinf() & ~value.isinf()).any()):
            raise ExportError(f"{name}: {value.abs().max().item():g} does not fit {NAMES[made.dtype]}")
        return made.contiguous()
    return value.contiguous()


@contextmanager
def replacing(path):
    """A temporary file beside the target that takes its place when the block succeeds."""
    handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write_safetensors(path, tensors, metadata):
    """u64 header length, JSON header padded to 8 bytes, then the tensors: the widest types first keep each aligned."""
    header, end = {"__metadata__": metadata}, 0
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    for name in names:
        value = tensors[name]
        start, end = end, end + value.numel() * value.element_size()
        header[name] = {"dtype": NAMES[value.dtype], "shape": list(value.shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with replacing(path) as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in names:
            file.write(tensors[name].reshape(-1).view(torch.uint8).numpy().tobytes())
    return 8 + len(text) + end


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("architecture", nargs="?", metavar="ARCH", help="such as resnet50 or r2plus1d_18")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--weights", metavar="FILE", help="take ARCH's tensors from this state-dict file")
    source.add_argument("--pretrained", action="store_true", help="let torchvision fetch ARCH's published weights")
    source.add_argument("--seeded", action="store_true", help="fill ARCH by a formula, for tests: no file, no download")
    source.add_argument("--state-dict", metavar="FILE", help="export a checkpoint of any network")
    source.add_argument("--labels", choices=LABELS, help="write the class names, one a line, in the outputs' order")
    source.add_argument("--list", action="store_true", help="print the architectures and end")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the file to write")
    parser.add_argument("--dtype", choices=FLOATS, default="F32",
                        help="type of weights of two or more dimensions; vectors stay F32 (default: F32)")
    parser.add_argument("--version", metavar="NAME",
                        help="which published weights, such as IMAGENET1K_V1: they differ in preprocessing (default: "
                             "those whose file has FILE's name, else torchvision's newest)")
    parser.add_argument("--engines", action="store_true",
                        help="also write ARCH for other engines beside FILE: TorchScript (.pt) and ONNX (.onnx)")
    parser.add_argument("--metadata", action="append", default=[], metavar="KEY=VALUE",
                        help="add or replace an entry of the metadata")
    options = parser.parse_args(arguments)
    if bool(options.architecture) != bool(options.weights or options.pretrained or options.seeded):
        parser.error("--weights, --pretrained and --seeded need ARCH, the other sources take none")
    if options.engines and not options.architecture:
        parser.error("--engines needs ARCH")
    if not options.list and not options.output:
        parser.error("-o FILE is missing")
    if bad := next((entry for entry in options.metadata if "=" not in entry), None):
        parser.error(f"--metadata {bad}: expected KEY=VALUE")
    return options


def run(options):
    if options.list:
        print(*architectures(), sep="\n")
        return
    if options.labels:
        names = LABELS[options.labels].meta["categories"]
        with replacing(options.output) as file:
            file.write("".join(f"{name}\n" for name in names).encode())
        print(f"{options.output}: {len(names)} class names")
        return
    if options.state_dict:
        tensors, metadata = load(options.state_dict), {"lanewise.source": Path(options.state_dict).name}
    else:
        model, metadata = torchvision_network(options)
        tensors = model.state_dict()
    given = dict(entry.split("=", 1) for entry in options.metadata)
    metadata = {"format": "pt", **metadata, "torch": torch.__version__, **given}
    tensors = {name: convert(name, value, options.dtype) for name, value in tensors.items()}
    size = write_safetensors(options.output, tensors, metadata)
    elements = sum(value.numel() for value in tensors.values())
    print(f"{options.output}: {len(tensors)} tensors, {elements:,} elements, {size:,} bytes")
    if options.engines:
        for path in engines.write(model, options.output):
            print(f"{path}: {path.stat().st_size:,} bytes")


def main():
    try:
        run(parse(sys.argv[1:]))
    except (ExportError, CheckpointError, OSError) as error:
        print(f"export.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
