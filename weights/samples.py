#!/usr/bin/env python3
"""Makes the inputs under weights/samples: short clips of a drawn scene, and pictures of single characters.

  samples.py --font FILE [--font FILE ...]

The scene is drawn by formula, so nothing in it belongs to anybody; the fonts are free ones of Debian's that
characters.safetensors was not trained on. Running it again with the same versions gives the same bytes.
"""

import argparse
import math
from pathlib import Path

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

import scenery

WIDTH, HEIGHT, FRAMES = 160, 120, 30
SCENE = 480
COLOURS = 48
SAMPLES = Path(__file__).parent / "samples"


def scene(rng):
    """Ground, sky and a heap of shapes, SCENE pixels square."""
    picture = scenery.shapes(SCENE, rng)
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = rng.random(2) * SCENE
        w, h = rng.uniform(10, 70, 2)
        draw.rectangle((x, y, x + w, y + h), scenery.colour(rng), scenery.colour(rng), 2)
    return picture.filter(ImageFilter.GaussianBlur(0.8))


def view(picture, shift, scale, angle):
    """What a camera sees: moved by pixels, scale above 1 for nearer, turned clockwise by radians."""
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    centre = SCENE / 2
    x, y = WIDTH / 2, HEIGHT / 2
    return picture.transform((WIDTH, HEIGHT), Image.AFFINE, (
        cos, -sin, centre + shift[0] - cos * x + sin * y,
        sin, cos, centre + shift[1] - sin * x - cos * y), Image.BICUBIC)


def clip(picture, shift=(0, 0), zoom=0.0, roll=0.0, walker=False):
    """Frames of an eased movement of the camera; a walker crosses the scene meanwhile."""
    frames = []
    for i in range(FRAMES):
        t = i / (FRAMES - 1)
        eased = t * t * (3 - 2 * t) - 0.5
        now = picture.copy()
        if walker:
            x, y = SCENE / 2 - 80 + 160 * t, SCENE / 2 + 10 + 4 * math.sin(9 * t)
            ImageDraw.Draw(now).ellipse((x - 16, y - 24, x + 16, y + 24), (250, 240, 60), (40, 30, 20), 3)
        frames.append(view(now, (shift[0] * eased, shift[1] * eased), math.exp(zoom * eased), roll * eased))
    return frames


def store_gif(name, frames):
    palette = Image.new("RGB", (WIDTH, HEIGHT * 3))
    for i, frame in enumerate((frames[0], frames[FRAMES // 2], frames[-1])):
        palette.paste(frame, (0, i * HEIGHT))
    palette = palette.quantize(COLOURS)
    first, *rest = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    first.save(SAMPLES / name, save_all=True, append_images=rest, duration=40, loop=0)


def store_folder(name, frames):
    (SAMPLES / name).mkdir(exist_ok=True)
    for i, frame in enumerate(frames):
        frame.save(SAMPLES / name / f"{i:02d}.jpg", quality=70)


def character(text, font, ink, ground, angle, rng):
    """A printed character, 96 pixels square, a little turned and noisy."""
    picture = Image.new("RGB", (96, 96), ground)
    ImageDraw.Draw(picture).text((48, 48), text, ink, ImageFont.truetype(str(font), 72), "mm")
    picture = picture.rotate(angle, Image.BICUBIC, fillcolor=ground).filter(ImageFilter.GaussianBlur(0.7))
    pixels = numpy.asarray(picture, float) + rng.normal(0, 8, (96, 96, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--font", type=Path, action="append", required=True)
    options = parser.parse_args()
    SAMPLES.mkdir(exist_ok=True)
    rng = numpy.random.default_rng(2026)
    store_gif("pan-right.gif", clip(scene(rng), shift=(90, 0)))
    store_gif("zoom-in.gif", clip(scene(rng), zoom=0.5))
    store_gif("static-with-walker.gif", clip(scene(rng), walker=True))
    store_folder("roll-clockwise", clip(scene(rng), roll=0.7))
    looks = [("R", (20, 20, 30), (235, 228, 210), 4), ("7", (250, 250, 240), (160, 40, 40), -6),
             ("g", (30, 60, 140), (200, 210, 220), 3)]
    for i, (text, ink, ground, angle) in enumerate(looks):
        font = options.font[i % len(options.font)]
        character(text, font, ink, ground, angle, rng).save(SAMPLES / f"character-{text}.png", optimize=True)


if __name__ == "__main__":
    main()
