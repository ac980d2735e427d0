#!/usr/bin/env python3
"""Trains weights/characters.safetensors: a small ResNet that reads one printed character. See CHARACTERS.md.

  train_characters.py --fonts DIR [--cycles N ...] [--work DIR] [-o FILE]

DIR holds a folder with font files for each font package; one group of packages in five is kept for the test. The shipped
file was made from the Debian packages that CHARACTERS.md names (apt-get download, dpkg -x). One core is used. --work keeps the
state, so that a run that was ended goes on.
"""

import argparse
import time
from pathlib import Path

import torch

import character_pictures as pictures
import training
from networks import NarrowResNet

MEAN, STD = 0.5, 0.25
STEM, WIDTHS, BLOCKS = 24, (32, 64, 96, 128), (1, 1, 1, 1)
BATCH, RATE = 96, 3e-3
CYCLES = (2200,)
HELD_OUT = 20_000
PREPROCESSING = {
    "resize": [pictures.SIDE, pictures.SIDE], "interpolation": "antialiased", "height": pictures.SIDE,
    "width": pictures.SIDE, "mean": [MEAN] * 3, "std": [STD] * 3, "frames": 1, "stride": 1,
}


def network():
    return NarrowResNet(STEM, WIDTHS, BLOCKS, len(pictures.CLASSES))


def normalised(picture):
    return (picture - MEAN) / STD


def held_out(packages, count):
    """The same pictures each time, whatever was drawn before."""
    torch.manual_seed(1_000_003)
    batches = []
    for _ in range(count // 200):
        picture, labels = pictures.batch(packages, 200)
        batches.append((normalised(picture), labels))
    return batches


def report(counts):
    lines = [f"held out: {training.accuracy(counts):.2%} of {counts.sum()}"]
    for i, row in enumerate(counts):
        missed = sorted(((n, pictures.NAMES[j]) for j, n in enumerate(row.tolist()) if j != i and n), reverse=True)
        lines.append(f"  {pictures.NAMES[i]:12} {row[i] / row.sum():7.1%}  " + "  ".join(f"{name} {n}" for n, name in missed[:5]))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fonts", type=Path, required=True, help="a folder with one folder of fonts for each package")
    parser.add_argument("--cycles", type=int, nargs="+", default=CYCLES, help="steps of each cycle")
    parser.add_argument("--work", type=Path, default=Path("/tmp/train_characters"), help="folder for the state")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent / "characters.safetensors")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    begin = time.time()
    kept = options.work / "glyphs.pt"
    if not kept.exists():
        torch.save(pictures.load(options.fonts), kept)
    packages = torch.load(kept)
    seen = {name: fonts for name, fonts in packages.items() if not pictures.held_out(name)}
    unseen = {name: fonts for name, fonts in packages.items() if pictures.held_out(name)}
    for what, side in (("trained on", seen), ("held out", unseen)):
        print(f"{what}: {sum(len(fonts) for fonts in side.values())} fonts of {len(side)} packages: {', '.join(side)}")
    print(f"{time.time() - begin:.0f} s", flush=True)
    torch.manual_seed(0)
    model = network()
    quick = held_out(unseen, 2000)

    def batch(_):
        picture, labels = pictures.batch(seen, BATCH)
        return normalised(picture), labels

    training.learn(model, batch, options.cycles, RATE, options.work / "state.pt",
                   lambda model: f"held out: {training.accuracy(training.confusion(model, quick, len(pictures.CLASSES))):.1%}")
    counts = training.confusion(training.halved(model), held_out(unseen, HELD_OUT), len(pictures.CLASSES))
    print(report(counts))
    training.store(options.output, model, "resnet_1_1_1_1", pictures.NAMES, PREPROCESSING, "weights/train_characters.py",
                   f"{sum(options.cycles) * BATCH:,} drawn characters; {training.accuracy(counts):.2%} of {counts.sum():,} "
                   "pictures of font packages not trained on")


if __name__ == "__main__":
    main()
