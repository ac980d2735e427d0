#!/usr/bin/env python3
"""Trains weights/motion.safetensors: a narrow R(2+1)D that tells how the camera of a clip moves. See MOTION.md.

  train_motion.py --pictures DIR --held-out DIR [--cycles N ...] [--work DIR] [-o FILE]

DIR holds picture files, at any depth. The shipped file was trained on those of the Debian packages mate-backgrounds,
plasma-workspace-wallpapers, lomiri-wallpapers-16.04, lomiri-wallpapers-20.04, gnome-backgrounds and ukui-wallpapers
(apt-get download, dpkg -x) beside pictures by formula, and tested on those of python3-skimage, python3-sklearn and
python-matplotlib-data. One core is used. --work keeps the state, so that a run that was ended goes on.
"""

import argparse
import time
from pathlib import Path

import numpy
import torch

import motion_clips as clips
import scenery
import training
from networks import NarrowR2Plus1d

MEAN, STD = 0.45, 0.25
STEM, WIDTHS, BLOCKS = 10, (12, 32, 64, 96), (1, 1, 1, 1)
BATCH, RATE, TEXTURES, CUTS, THINGS, EASY = 32, 2.5e-3, 1000, 24, 500, 420
CYCLES = (1400, 800)
STRIDE = 4
HELD_OUT = 2700
PREPROCESSING = {
    "resize": [clips.SIDE, clips.SIDE], "interpolation": "antialiased", "height": clips.SIDE, "width": clips.SIDE,
    "mean": [MEAN] * 3, "std": [STD] * 3, "frames": clips.FRAMES, "stride": STRIDE,
}


def network():
    return NarrowR2Plus1d(STEM, WIDTHS, BLOCKS, len(clips.CLASSES))


def normalised(clip):
    return ((clip - MEAN) / STD).contiguous(memory_format=torch.channels_last_3d)


def sees_change(model):
    """Starts the temporal kernels as differences and as means, half of each: from noise the net takes very long to find
    that what changes matters here, and what is seen does not."""
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.Conv3d) and module.kernel_size == (3, 1, 1):
                out, channels = module.weight.shape[:2]
                kernels = torch.tensor([[-1.0, 0, 1]] * (out // 2) + [[0.3, 0.8, 0.3]] * (out - out // 2))
                module.weight.copy_(torch.randn(out, channels, 1, 1, 1) / channels ** 0.5 * kernels[:, None, :, None, None])
    return model


def pool(file, make):
    """Cut-outs that take a minute to make are kept."""
    if not file.exists():
        torch.save(make(), file)
    return torch.load(file)


def held_out(pictures, masks, count):
    """The same clips each time, whatever was drawn before."""
    torch.manual_seed(1_000_003)
    batches = []
    for _ in range(count // 100):
        clip, labels = clips.batch(pictures, masks, 100)
        batches.append((normalised(clip), labels))
    return batches


def report(counts):
    rows = [f"  {name:24} {row[i] / row.sum():7.1%}  {' '.join(f'{n:4d}' for n in row.tolist())}"
            for i, (name, row) in enumerate(zip(clips.CLASSES, counts))]
    return "\n".join([f"held out: {training.accuracy(counts):.2%} of {counts.sum()}", *rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, nargs="+", required=True, help="folders of pictures to train on")
    parser.add_argument("--held-out", type=Path, nargs="+", required=True, help="folders of pictures to test on")
    parser.add_argument("--cycles", type=int, nargs="+", default=CYCLES, help="steps of each cycle")
    parser.add_argument("--work", type=Path, default=Path("/tmp/train_motion"), help="folder for the state")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent / "motion.safetensors")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    begin = time.time()

    def cut(folders, each, by_formula, seed):
        rng = numpy.random.default_rng(seed)
        files = [file for folder in folders for file in scenery.picture_files(folder)]
        made = scenery.tiles(files, each, rng)
        return torch.cat([made, scenery.textures(by_formula, rng)]) if by_formula else made

    training_pool = pool(options.work / "training.pt", lambda: cut(options.pictures, CUTS, TEXTURES, 1))
    test_pool = pool(options.work / "held-out.pt", lambda: cut(options.held_out, CUTS, 0, 2))
    print(f"{len(training_pool)} and {len(test_pool)} cut-outs, {time.time() - begin:.0f} s", flush=True)
    torch.manual_seed(0)
    masks = clips.blobs(THINGS)
    model = sees_change(network()).to(memory_format=torch.channels_last_3d)
    quick = held_out(test_pool, masks, 300)

    def batch(step):
        clip, labels = clips.batch(training_pool, masks, BATCH, max(0.1, 1 - step / EASY))
        return normalised(clip), labels

    training.learn(model, batch, options.cycles, RATE, options.work / "state.pt",
                   lambda model: f"held out: {training.accuracy(training.confusion(model, quick, len(clips.CLASSES))):.1%}")
    counts = training.confusion(training.halved(model), held_out(test_pool, masks, HELD_OUT), len(clips.CLASSES))
    print(report(counts))
    training.store(options.output, model, "r2plus1d_10", clips.CLASSES, PREPROCESSING, "weights/train_motion.py",
                   f"{sum(options.cycles) * BATCH:,} rendered clips; {training.accuracy(counts):.2%} of {counts.sum():,} clips "
                   "from pictures of another kind")


if __name__ == "__main__":
    main()
