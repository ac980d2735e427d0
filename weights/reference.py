#!/usr/bin/env python3
"""Makes the small PyTorch references that Lanewise's tests compare with.

Weights and inputs come from the formula in seeded.py, so a reference file holds only names, shapes and results; but for
the trained networks, whose weights and samples lie here.
"""

import argparse
import json
import sys
from pathlib import Path

import torch

import clips
import layers
import networks
import seeded
import trained

STORE = Path(__file__).resolve().parent.parent / "src/test/resources/lanewise/reference"
MEDIA = Path(__file__).resolve().parent.parent.parent / "shared/media/video"
FILE_LIMIT = 50_000

# case: (architecture, input shape, outputs), and for some the options that make Lanewise's network the same
NETWORKS = {
    "r3d_18": ("r3d_18", (1, 3, 8, 56, 56), 400),
    "mc3_18": ("mc3_18", (1, 3, 8, 56, 56), 400),
    "vmz-18": ("vmz layout, layers 2-2-2-2, epsilon 1e-3", (1, 3, 4, 56, 56), 400),
    "irhum-blocks": ("irhum layout, layers 1-2-1-1", (1, 3, 9, 40, 56), 17),
    "resnet20-cifar": ("akamaster layout, layers 3-3-3", (2, 3, 32, 32), 10),
    "resnet152-small": ("resnet152", (1, 3, 64, 64), 1000),
    "resnext101_32x8d": ("resnext101_32x8d", (1, 3, 64, 64), 1000),
    "timm-resnet10t": ("timm resnet10t", (1, 3, 50, 70), 11),
    "timm-resnet14c": ("timm resnet14c", (1, 3, 50, 70), 11),
    "timm-resnet17d": ("timm resnet17d", (2, 3, 50, 70), 11),
    "timm-resnet14e": ("timm resnet14e", (1, 3, 64, 33), 11),
    "timm-resnet14s": ("timm resnet14s", (1, 3, 50, 70), 11),
    "timm-seresnet10": ("timm seresnet10", (2, 3, 50, 70), 11),
    "timm-seresnet17d": ("timm seresnet17d", (1, 3, 50, 70), 11),
    "timm-resnetaa14": ("timm resnetaa14", (1, 3, 64, 96), 11, {"antialias": True}),
    "timm-resnetaa10": ("timm resnetaa10", (1, 3, 64, 96), 11, {"antialias": True}),
    "timm-dilated": ("timm resnet14, output stride 8", (1, 3, 50, 70), 11, {"replaceStrideWithDilation": [False, True, True]}),
    "hf-basic": ("hf basic", (1, 3, 50, 70), 11),
    "hf-bottleneck": ("hf bottleneck", (1, 3, 70, 90), 11, {"strideIn1x1": True, "downsampleInFirstStage": True}),
    "chenyaofo": ("chenyaofo resnet10", (2, 3, 32, 32), 10),
    "kuangliu-basic": ("kuangliu resnet10", (1, 3, 32, 32), 10),
    "kuangliu-bottleneck": ("kuangliu resnet14", (1, 3, 32, 32), 10),
    "torchvision-v1": ("torchvision v1", (1, 3, 50, 70), 11, {"strideIn1x1": True}),
    "vmz-bottleneck": ("vmz bottleneck", (1, 3, 4, 40, 48), 11),
    "kensho-b": ("kensho basic, short-cut B", (1, 3, 8, 40, 48), 11),
    "kensho-a": ("kensho basic, short-cut A", (1, 3, 4, 24, 32), 11, {"maxPool": "none"}),
    "kensho-bottleneck-b": ("kensho bottleneck, short-cut B", (1, 3, 4, 24, 32), 11, {"maxPool": "none"}),
    "kensho-bottleneck-a": ("kensho bottleneck, short-cut A", (1, 3, 8, 40, 48), 11),
    "mmaction2": ("mmaction2", (1, 3, 4, 40, 48), 11),
    "pytorchvideo": ("pytorchvideo, windows of 2x2x2", (1, 3, 10, 96, 64), 11, {"headPool": "2x2x2"}),
}


def run(arch, options, shape, outputs):
    """Runs a seeded network in float64 and float32 and describes what came out."""
    model = seeded.fill(networks.build(arch, options, outputs))
    x = seeded.input_tensor(shape)
    found = []

    def describe(name):
        def hook(_, __, y):
            found.append({"stage": name, "shape": list(y.shape), "mean": y.mean().item(), "std": y.std().item(),
                          "max": y.abs().max().item(), "first": y.flatten()[:8].tolist()})
        return hook

    with torch.inference_mode():
        single = model(x).double()
        for name in networks.stages(model):
            model.get_submodule(name).register_forward_hook(describe(name))
        exact = model.double()(x.double())
    largest = exact.abs().max().item()
    return {
        "arch": arch,
        "options": options,
        "input": {"name": "input", "shape": list(shape), "scale": seeded.INPUT_SCALE},
        "parameters": sum(p.numel() for p in model.parameters()),
        "maxAbs": largest,
        "torchFloat32RelativeError": (single - exact).abs().max().item() / largest,
        "stages": found,
        "output": {"shape": list(exact.shape), "float64": exact.flatten().tolist()},
        "tensors": [[name, list(value.shape)] for name, value in model.state_dict().items()],
    }


def store(case, record):
    """Writes one reference file, without the list of tensors where it would not fit."""
    record = {"case": case, **record}
    text = json.dumps(record, separators=(",", ":"), allow_nan=False)
    if len(text) > FILE_LIMIT and "tensors" in record:
        del record["tensors"]
        text = json.dumps(record, separators=(",", ":"), allow_nan=False)
    if len(text) > FILE_LIMIT:
        raise SystemExit(f"{case}: {len(text)} bytes, more than {FILE_LIMIT}")
    STORE.mkdir(parents=True, exist_ok=True)
    (STORE / f"{case}.json").write_text(text + "\n", encoding="ascii")
    print(f"{case}.json: {len(text)} bytes", flush=True)


def verify(path):
    """Recomputes the network reference in a file; returns the greatest difference relative to its scale."""
    kept = json.loads(path.read_text())
    shape = kept["output"]["shape"]
    made = run(kept["arch"], kept["options"], kept["input"]["shape"], shape[1])
    if made["parameters"] != kept["parameters"] or made.get("tensors") != kept.get("tensors", made["tensors"]):
        raise SystemExit(f"{path}: other parameters or tensors")
    if [s["shape"] for s in made["stages"]] != [s["shape"] for s in kept["stages"]]:
        raise SystemExit(f"{path}: other stages")
    pairs = [(made["output"]["float64"], kept["output"]["float64"], kept["maxAbs"])]
    for a, b in zip(made["stages"], kept["stages"]):
        keys = ("mean", "std", "max")
        pairs.append(([a[k] for k in keys] + a["first"], [b[k] for k in keys] + b["first"], b["max"]))
    return max(abs(x - y) / scale for a, b, scale in pairs for x, y in zip(a, b, strict=True))


def main():
    cases = [*NETWORKS, "layers", "clip-r2plus1d_18", *trained.NETWORKS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"what to make; all by default: {', '.join(cases)}")
    parser.add_argument("--media", type=Path, default=MEDIA, help="folder with the clips (default: %(default)s)")
    parser.add_argument("--verify", nargs="+", type=Path, metavar="FILE",
                        help="write nothing; recompute these network references, fail beyond 1e-12 of their scale")
    arguments = parser.parse_args()
    if unknown := set(arguments.cases) - set(cases):
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    if arguments.verify:
        worst = 0.0
        for path in arguments.verify:
            worst = max(worst, difference := verify(path))
            print(f"{path.name}: {difference:.1e}", flush=True)
        return 0 if worst <= 1e-12 else 1
    for case in arguments.cases or cases:
        if case == "layers":
            store(case, layers.reference())
        elif case == "clip-r2plus1d_18":
            store(case, clips.reference(arguments.media))
        elif case in trained.NETWORKS:
            store(case, trained.reference(case))
        else:
            arch, shape, outputs, *options = NETWORKS[case]
            store(case, run(arch, *(options or [{}]), shape, outputs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
