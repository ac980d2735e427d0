"""Pictures that a camera may look at: cut-outs of picture files, and textures by formula."""

import math
from pathlib import Path

import numpy
import torch
from PIL import Image, ImageDraw, ImageFilter

TILE = 192  # Pixels of a stored picture; a window of 56 has room to move by its own width.
MIDDLE = 52
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def tiles(files, each, rng):
    """Square cut-outs of picture files, of many scales; N x 3 x TILE x TILE bytes. Empty ones are left out."""
    made = []
    for file in files:
        picture = Image.open(file) if isinstance(file, Path) else file
        if min(picture.size) < TILE // 2:
            continue
        picture = picture.convert("RGBA").convert("RGB")
        picture.thumbnail((1600, 1600), Image.BILINEAR)
        for _ in range(each):
            side = int(min(picture.size) * math.exp(rng.uniform(math.log(0.3), 0)))
            x, y = (int(rng.integers(0, extent - side + 1)) for extent in picture.size)
            cut = picture.resize((TILE, TILE), Image.LANCZOS, (x, y, x + side, y + side))
            if rng.random() < 0.5:
                cut = cut.transpose(Image.FLIP_LEFT_RIGHT)
            # The middle is what a window shows.
            if tells_motion(cut) and tells_motion(cut.crop((MIDDLE, MIDDLE, TILE - MIDDLE, TILE - MIDDLE))):
                made.append(torch.from_numpy(numpy.array(cut)).permute(2, 0, 1))
    return torch.stack(made)


def tells_motion(picture):
    """Whether movement is visible: detail in most parts, and edges of more than one direction."""
    grey = numpy.asarray(picture.convert("L").resize((48, 48), Image.BOX), float)
    parts = grey.reshape(4, 12, 4, 12).std((1, 3))
    dy, dx = numpy.gradient(grey)
    across = numpy.linalg.eigvalsh([[(dx * dx).mean(), (dx * dy).mean()], [(dx * dy).mean(), (dy * dy).mean()]])
    return (parts > 4).sum() >= 11 and across[0] > 1.5


def picture_files(folder):
    """All sound picture files below a folder that are large enough, in a fixed order."""
    found = []
    for file in sorted(Path(folder).rglob("*")):
        if file.suffix.lower() in SUFFIXES:
            try:
                with Image.open(file) as picture:
                    if min(picture.size) >= TILE:
                        picture.load()
                        found.append(file)
            except OSError as error:
                print(f"{file}: left out, {error}")
    return found


def textures(count, rng):
    """Pictures by formula: clouds, cells, tiles, and heaps of shapes."""
    kinds = [clouds, cells, pavement, shapes, shapes]
    return tiles([kinds[i % len(kinds)](2 * TILE, rng) for i in range(count)], 1, rng)


def colour(rng):
    return tuple(int(v) for v in rng.integers(0, 256, 3))


def blend(mix, rng):
    """A map of 0..1 as a picture between two colours."""
    first, second = (numpy.array(colour(rng), float) for _ in range(2))
    if numpy.abs(first - second).max() < 80:
        second = 255 - first
    pixels = first + mix[..., None] * (second - first) + rng.normal(0, 4, (*mix.shape, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))


def noise(side, cell, rng):
    grid = Image.fromarray(rng.random((side // cell + 2,) * 2).astype(numpy.float32))
    return numpy.asarray(grid.resize((side, side), Image.BICUBIC))


def clouds(side, rng):
    roughness = rng.uniform(0.4, 0.9)
    mix = sum(roughness ** octave * noise(side, 64 >> octave, rng) for octave in range(6))
    return blend((mix - mix.min()) / numpy.ptp(mix), rng)


def cells(side, rng):
    points = rng.random((int(rng.integers(20, 120)), 2)) * side
    y, x = numpy.mgrid[:side, :side]
    distances = numpy.sqrt((x[..., None] - points[:, 0]) ** 2 + (y[..., None] - points[:, 1]) ** 2)
    if rng.random() < 0.5:
        palette = rng.integers(0, 256, (len(points), 3))
        return Image.fromarray(palette[distances.argmin(2)].astype(numpy.uint8))
    nearest = numpy.partition(distances, 1, 2)
    edge = nearest[..., 1] - nearest[..., 0]
    return blend((edge / rng.uniform(5, 40)).clip(0, 1), rng)


def pavement(side, rng):
    cell = int(rng.integers(12, 48))
    levels = rng.random((side // cell + 1,) * 2).repeat(cell, 0).repeat(cell, 1)[:side, :side]
    joint = (numpy.arange(side) % cell < max(1, cell // 10))
    levels[joint] = 0
    levels[:, joint] = 0
    return blend((levels + 0.3 * noise(side, 8, rng)) / 1.3, rng)


def shapes(side, rng):
    picture = clouds(side, rng) if rng.random() < 0.5 else Image.new("RGB", (side, side), colour(rng))
    draw = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(15, 150))):
        x, y = rng.random(2) * side
        w, h = numpy.exp(rng.uniform(math.log(4), math.log(side / 4), 2))
        kind = rng.integers(0, 4)
        if kind == 0:
            draw.rectangle((x, y, x + w, y + h), colour(rng))
        elif kind == 1:
            draw.ellipse((x, y, x + w, y + h), colour(rng))
        elif kind == 2:
            draw.line((x, y, x + w * rng.choice([-2, 2]), y + h * rng.choice([-2, 2])), colour(rng), int(rng.integers(1, 8)))
        else:
            draw.polygon([(x + w * a, y + h * b) for a, b in rng.uniform(-1, 1, (4, 2))], colour(rng))
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.5)))
