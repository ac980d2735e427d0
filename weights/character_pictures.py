"""Pictures of one printed character in many fonts: what train_characters.py trains on and tests with."""

import string
import zlib
from pathlib import Path

import numpy
import torch
from PIL import Image, ImageDraw, ImageFont
from torch.nn import functional

from marks import chance, compressed, uniform

SIDE = 64
GLYPH = 80  # Pixels of a stored glyph's square,
REACH = 60  # of which its longer side takes these.
SIZE = 96
SUFFIXES = {".ttf", ".otf"}

# Characters that differ in size alone, or in many fonts not at all, are one class: no reader could tell them without
# others beside them.
ALIKE = ["0Oo", "1Il", "Cc", "Kk", "Pp", "Ss", "Uu", "Vv", "Ww", "Xx", "Yy", "Zz"]
CHARACTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
LABELS = [next((group for group in ALIKE if c in group), c) for c in CHARACTERS]
CLASSES = sorted(set(LABELS), key=LABELS.index)
NAMES = [" or ".join(label) for label in CLASSES]
CLASS = [CLASSES.index(label) for label in LABELS]

# Packages that hold the same designs, or near relatives, stand on one side of the split.
RELATED = {
    "fonts-croscore": "metric clones", "fonts-liberation": "metric clones", "fonts-freefont-otf": "metric clones",
    "fonts-texgyre": "metric clones", "fonts-stix": "metric clones", "fonts-gfs-artemisia": "metric clones",
    "fonts-adf-switzera": "metric clones", "fonts-gnutypewriter": "metric clones",
    "fonts-lato": "lato", "fonts-crosextra-carlito": "lato",
    "fonts-dejavu-core": "vera", "fonts-dejavu-extra": "vera", "fonts-hack": "vera", "fonts-adf-verana": "vera",
    "fonts-cmu": "computer modern", "fonts-lmodern": "computer modern",
    "fonts-averia-gwf": "averia", "fonts-averia-sans-gwf": "averia", "fonts-averia-serif-gwf": "averia",
    "fonts-open-sans": "droid", "fonts-noto-mono": "droid", "fonts-noto-ui-core": "droid",
    "fonts-roboto-slab": "roboto", "fonts-roboto-unhinted": "roboto",
    "fonts-tuffy": "tuffy", "fonts-dustin": "tuffy",
    "fonts-sil-gentium-basic": "gentium", "fonts-sil-galatia": "gentium",
}


def held_out(package):
    """Whether a package's fonts are tested on, not trained on: one group of packages in five, by checksum."""
    return zlib.crc32(RELATED.get(package, package).encode()) % 5 == 0


def glyph(font, character):
    """The character's coverage, GLYPH x GLYPH bytes, centred, its longer side REACH pixels; nothing if it has no ink."""
    left, top, right, bottom = font.getbbox(character)
    if right - left < 2 or bottom - top < 2 or max(right - left, bottom - top) > 6 * SIZE:
        return None
    canvas = Image.new("L", (right - left + 8, bottom - top + 8))
    ImageDraw.Draw(canvas).text((4 - left, 4 - top), character, 255, font)
    box = canvas.getbbox()
    if not box:
        return None
    scale = REACH / max(box[2] - box[0], box[3] - box[1])
    size = [max(1, round((box[i + 2] - box[i]) * scale)) for i in range(2)]
    square = Image.new("L", (GLYPH, GLYPH))
    square.paste(canvas.crop(box).resize(size, Image.BOX if scale < 0.5 else Image.LANCZOS),
                 [(GLYPH - extent) // 2 for extent in size])
    return torch.from_numpy(numpy.array(square))


def same(first, second):
    """Whether two glyphs are one drawing."""
    a, b = first.float(), second.float()
    return ((a - b).abs().sum() / torch.maximum(a, b).sum()).item() < 0.2


def glyphs(file):
    """All characters of a font, 62 x GLYPH x GLYPH; nothing where it lacks some, or has small capitals for letters."""
    try:
        font = ImageFont.truetype(str(file), SIZE)
        drawn = [glyph(font, character) for character in CHARACTERS]
    except OSError:
        return None
    if any(one is None for one in drawn):
        return None
    pairs = [("A", "B"), ("2", "3"), *[(letter, letter.lower()) for letter in "AEGR"]]
    if any(same(*(drawn[CHARACTERS.index(one)] for one in pair)) for pair in pairs):
        return None
    return torch.stack(drawn)


def load(folder):
    """The glyphs of all usable fonts by package; the folder has one folder for each package."""
    packages = {}
    for package in sorted(path for path in Path(folder).iterdir() if path.is_dir()):
        files = sorted(file for file in package.rglob("*") if file.suffix.lower() in SUFFIXES)
        found = {}
        for file in files:
            # The same design as TrueType and OpenType counts once.
            if file.stem not in found and (drawn := glyphs(file)) is not None:
                found[file.stem] = drawn
        if found:
            packages[package.name] = torch.stack(list(found.values()))
    return packages


# Pictures

def placed(masks):
    """The glyphs turned, slanted, stretched, bent and shifted: N x C x SIDE x SIDE."""
    count = len(masks)
    line = (torch.arange(SIDE) + 0.5) / SIDE * 2 - 1
    y, x = (axis[None].expand(count, -1, -1) for axis in torch.meshgrid(line, line, indexing="ij"))
    # The longer side of the character takes 45 to 95 per cent of the picture.
    scale = (REACH / GLYPH / uniform(0.45, 0.95, count))[:, None, None]
    x, y = x + uniform(-0.12, 0.12, count, 1, 1), y + uniform(-0.12, 0.12, count, 1, 1)
    tilt = 1 + uniform(-0.15, 0.15, count, 1, 1) * x + uniform(-0.15, 0.15, count, 1, 1) * y
    x, y = x / tilt, y / tilt
    for _ in range(2):
        bend, phase = uniform(0, 0.04, count, 1, 1) * chance(0.5, count, 1, 1), uniform(0, 6.3, count, 1, 1)
        x, y = x + bend * torch.sin(3 * y + phase), y + bend * torch.sin(3 * x + phase)
    angle, slant = uniform(-0.2, 0.2, count, 1, 1), uniform(-0.2, 0.2, count, 1, 1)
    cos, sin, wide = torch.cos(angle), torch.sin(angle), torch.exp(uniform(-0.2, 0.2, count, 1, 1))
    x, y = cos * x - sin * y, sin * x + cos * y
    grid = torch.stack([(x + slant * y) * scale * wide, y * scale / wide], -1)
    return functional.grid_sample(masks, grid, "bilinear", "zeros", align_corners=False)


def weighed(masks):
    """Strokes a little heavier or lighter in some pictures, as ink and exposure make them."""
    kind = torch.randint(0, 5, (len(masks), 1, 1, 1))
    heavy, light = functional.max_pool2d(masks, 3, 1, 1), -functional.max_pool2d(-masks, 3, 1, 1)
    # A light stroke must not vanish.
    light = torch.where(light.sum((1, 2, 3), keepdim=True) > 0.55 * masks.sum((1, 2, 3), keepdim=True), light, masks)
    return torch.where(kind == 0, heavy, torch.where(kind == 1, light, masks))


def grounds(count):
    """Paper, paint and pictures: colours that change across the picture by a gradient and a few clouds."""
    base = torch.rand(count, 3, 1, 1)
    soft = torch.randn(count, 3, 4, 4) * uniform(0, 0.12, count, 1, 1, 1) * chance(0.5, count, 1, 1, 1)
    fine = torch.randn(count, 1, 16, 16) * uniform(0, 0.08, count, 1, 1, 1) * chance(0.3, count, 1, 1, 1)
    grow = {"size": (SIDE, SIDE), "mode": "bilinear", "align_corners": False}
    return base + functional.interpolate(soft, **grow) + functional.interpolate(fine, **grow)


def inks(ground):
    """A colour for each picture whose lightness differs from the ground's by 0.25 or more."""
    light = ground.mean((1, 2, 3))
    darker = torch.where(light > 0.75, torch.ones_like(light), torch.where(light < 0.3, torch.zeros_like(light),
                         (torch.rand(len(light)) < light).float()))
    most = torch.where(darker > 0, light, 1 - light) - 0.25
    target = torch.where(darker > 0, light - 0.25 - most.clamp(min=0) * torch.rand(len(light)).sqrt(),
                         light + 0.25 + most.clamp(min=0) * torch.rand(len(light)).sqrt())
    hue = torch.randn(len(light), 3) * 0.15
    return (target[:, None] + hue - hue.mean(1, keepdim=True))[:, :, None, None]


def neighbours(masks):
    """Edges of other characters at the sides, as a careless crop leaves them, in one picture of eight."""
    count = len(masks)
    beside = masks[torch.randperm(count)]
    shift = torch.randint(46, 56, (count,)) * torch.where(torch.rand(count) < 0.5, 1, -1)
    moved = torch.stack([torch.roll(one, int(by), -1) * edge(int(by)) for one, by in zip(beside, shift)])
    return torch.maximum(masks, moved * chance(0.125, count, 1, 1, 1))


def edge(shift):
    """1 where rolling by a shift keeps pixels that come from inside, 0 where it wraps around."""
    columns = torch.arange(SIDE)
    return ((columns >= shift) if shift > 0 else (columns < SIDE + shift)).float()


def photographed(pictures):
    """Out of focus, of few pixels, noisy or compressed; each in part of the pictures. Levels of 8 bits."""
    count = len(pictures)
    blurred = functional.avg_pool2d(pictures, 5, 1, 2, count_include_pad=False)
    mix = torch.rand(count, 1, 1, 1) * chance(0.5, count, 1, 1, 1)
    pictures = pictures + mix * (blurred - pictures)
    few = torch.nonzero(torch.rand(count) < 0.25).flatten()
    if len(few):
        size = int(torch.randint(14, 33, ()))
        small = functional.interpolate(pictures[few], size=(size, size), mode="area")
        pictures[few] = functional.interpolate(small, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
    pictures = pictures + torch.randn(pictures.shape) * uniform(0, 0.1, count, 1, 1, 1) * chance(0.5, count, 1, 1, 1)
    rows = torch.nonzero(torch.rand(count) < 0.3).flatten()
    if len(rows):
        pictures[rows] = compressed(pictures[rows], uniform(0.005, 0.05, len(rows)))
    return (pictures.clamp(0, 1) * 255).round() / 255


def batch(packages, count):
    """Pictures N x 3 x SIDE x SIDE, values 0..1 of 8 bits, and their classes: each package and each class as often."""
    names = list(packages)
    wanted = torch.randint(0, len(CLASSES), (count,))
    masks = torch.empty(count, 1, GLYPH, GLYPH)
    for i, label in enumerate(wanted.tolist()):
        fonts = packages[names[int(torch.randint(0, len(names), ()))]]
        characters = [c for c, its in enumerate(CLASS) if its == label]
        character = characters[int(torch.randint(0, len(characters), ()))]
        masks[i, 0] = fonts[int(torch.randint(0, len(fonts), ())), character]
    masks = neighbours(weighed(placed(masks / 255)))
    ground = grounds(count)
    return photographed(ground + masks * (inks(ground) - ground)), wanted
