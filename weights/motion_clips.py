"""Clips of a camera that moves, rendered from pictures: what train_motion.py trains on and tests with.

A clip is a window that moves over a picture, about as a camera does over a far scene: pan, tilt, zoom and roll, with an
eased speed and a shaking hand. Things with movements of their own lie over it. Then comes what cameras and files add:
light that changes, blur, noise, compression, few colours, captions and bars that stay in place, repeated frames.
"""

import math

import torch
from torch.nn import functional

from marks import chance, compressed, log_uniform, uniform
from scenery import TILE

CLASSES = ["static", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out", "roll clockwise",
           "roll counter-clockwise"]
FRAMES, SIDE = 8, 56
RADIUS = 0.41  # Mean distance of a unit square's points from its centre: what turns zoom and roll into movement.


# Movement. All tensors have one row a clip; "amount" is the mean way of a point in parts of the frame's side.

def eased(count, times):
    """Progress 0..1 at each time 0..1: even, eased at either end, or with a late start or an early end."""
    power, late = log_uniform(0.6, 1.7, count, 1), uniform(0, 0.25, count, 1) * chance(0.3, count, 1)
    early = uniform(0, 0.25, count, 1) * chance(0.3, count, 1)
    t = ((times - late) / (1 - late - early)).clamp(0, 1)
    smooth, soft = t * t * (3 - 2 * t), chance(0.4, count, 1)
    return (soft * smooth + (1 - soft) * t) ** power


def shake(count, times, most):
    """A hand's tremor along each of x, y, roll: a few slow waves, and a jolt in each frame."""
    size = log_uniform(0.02, 1, count, 1, 1) * most[:, None, None] * chance(0.75, count, 1)[:, None]
    phase, speed = uniform(0, 2 * math.pi, count, 3, 1), uniform(2, 14, count, 3, 1)
    wave = torch.sin(phase + speed * times[:, None])
    jolt = torch.randn(count, 3, times.shape[1])
    mix = torch.rand(count, 1, 1)
    return size * (mix * wave + (1 - mix) * jolt)


def camera(labels, times, plain):
    """Where the camera looks at each time: shift x and y in parts of the frame, logarithm of the zoom, roll in radians."""
    count = len(labels)
    pan, tilt = (labels == 2).float() - (labels == 1).float(), (labels == 4).float() - (labels == 3).float()
    zoom, roll = (labels == 5).float() - (labels == 6).float(), (labels == 7).float() - (labels == 8).float()
    moves = (labels > 0).float()
    amount = torch.where(zoom != 0, log_uniform(0.022, 0.30, count),
                         torch.where(roll != 0, log_uniform(0.03, 0.5, count), log_uniform(0.035, 0.9, count)))
    clear = torch.where(zoom != 0, log_uniform(0.08, 0.25, count), log_uniform(0.12, 0.4, count))
    amount = torch.where(plain, clear, amount)
    # What else the camera does is much less than its main movement; a static camera hardly drifts.
    side = torch.where(moves > 0, 0.3 * amount, torch.full((count,), 0.007))
    drift = [uniform(-1, 1, count) * side * chance(0.6, count, 1)[:, 0] for _ in range(4)]
    path = torch.stack([pan, tilt, zoom / RADIUS, roll / RADIUS], 1) * amount[:, None]
    path = path + torch.stack([drift[0], drift[1], drift[2] / RADIUS, drift[3] / RADIUS], 1) * (path == 0)
    path = path[:, :, None] * (eased(count, times)[:, None] - 0.5)
    tremor = shake(count, times, torch.where(moves > 0, (0.25 * amount).clamp(max=0.02), torch.full((count,), 0.008)))
    tremor = tremor * ~plain[:, None, None]
    path[:, :2] += tremor[:, :2]
    path[:, 3] += tremor[:, 2]
    return path


def windows(path, aspect, scale, centre):
    """Sampling grids for the tile, N x T x SIDE x SIDE x 2 in its pixels from its middle."""
    count, _, frames = path.shape
    line = (torch.arange(SIDE) + 0.5) / SIDE - 0.5
    y, x = torch.meshgrid(line, line, indexing="ij")
    points = torch.stack([x, y], -1)[None, None]
    # The camera zooms and rolls about a point near the middle of the frame; pixels are not square where a wide frame was
    # squeezed into the square input.
    points = (points - centre[:, None, None, None]) * torch.exp(-path[:, 2])[:, :, None, None, None]
    points = points * aspect[:, None, None, None]
    cos, sin = torch.cos(path[:, 3])[:, :, None, None], torch.sin(path[:, 3])[:, :, None, None]
    px, py = points[..., 0], points[..., 1]
    turned = torch.stack([cos * px - sin * py, sin * px + cos * py], -1)
    shift = path[:, :2].permute(0, 2, 1)[:, :, None, None] * aspect[:, None, None, None]
    return (turned + shift) * (SIDE * scale)[:, None, None, None, None]


def sample(pictures, grids):
    """The pictures seen through the windows: N x C x T x SIDE x SIDE."""
    count, frames = grids.shape[:2]
    flat = grids.reshape(count, frames * SIDE, SIDE, 2) / (TILE / 2)
    seen = functional.grid_sample(pictures, flat, "bilinear", "reflection", align_corners=False)
    return seen.reshape(count, -1, frames, SIDE, SIDE)


# Scenes

def blobs(count):
    """Outlines of things, N x 1 x TILE x TILE bytes: round or angular, with a crisp or a soft edge."""
    line = torch.linspace(-1, 1, TILE)
    y, x = torch.meshgrid(line, line, indexing="ij")
    angle, radius = torch.atan2(y, x)[None], torch.sqrt(x * x + y * y)[None]
    outline = torch.ones(count, 1, 1)
    for wave in range(2, 6):
        outline = outline + torch.randn(count, 1, 1) * 0.25 / wave * torch.sin(wave * angle + uniform(0, 7, count, 1, 1))
    box = torch.maximum(x.abs(), y.abs())[None]
    boxed = chance(0.3, count, 1)[:, :, None]
    inside = outline * 0.3 - (boxed * box + (1 - boxed) * radius)
    return (torch.sigmoid(inside * log_uniform(8, 80, count, 1, 1)) * 255).byte()[:, None]


def things(path, aspect, times):
    """The view of one thing a clip that has its own way: through the scene, or in the frame as if the camera followed it."""
    count = len(path)
    with_scene = chance(0.6, count, 1)[:, :, None]
    own = torch.zeros_like(path)
    own[:, :2] = uniform(-1, 1, count, 2, 1) * log_uniform(0.02, 1.0, count, 1, 1) * (eased(count, times) - 0.5)[:, None]
    own[:, 2:] = uniform(-0.4, 0.4, count, 2, 1) * chance(0.3, count, 1)[:, None] * (eased(count, times) - 0.5)[:, None]
    own[:, :2] += shake(count, times, torch.full((count,), 0.03))[:, :2]
    moved = own * chance(0.75, count, 1)[:, :, None] + path * with_scene * uniform(0.8, 1.5, count, 1, 1)
    moved[:, :2] += uniform(-0.4, 0.4, count, 2, 1)
    return windows(moved, aspect, log_uniform(1.0, 3.5, count), torch.zeros(count, 2))


def render(pictures, masks, labels, moments, plain):
    """Clips before the camera's electronics, 0..1: each frame the mean of some moments while the shutter is open."""
    count = len(labels)
    times = (torch.arange(FRAMES)[:, None] + uniform(0.2, 1, 1) * torch.arange(moments) / moments).reshape(1, -1)
    times = times / (FRAMES - (1 if moments == 1 else 0))
    wide = log_uniform(0.8, 1.8, count)
    aspect = torch.stack([wide.sqrt(), 1 / wide.sqrt()], 1)
    path = camera(labels, times, plain)
    clip = sample(pictures[0], windows(path, aspect, log_uniform(0.7, 1.4, count), uniform(-0.12, 0.12, count, 2)))
    for layer, share in ((1, 0.6), (2, 0.25)):
        rows = torch.nonzero((torch.rand(count) < share) & ~plain).flatten()
        if len(rows):
            view = things(path[rows], aspect[rows], times)
            seen = sample(torch.cat([pictures[layer][rows], masks[layer][rows]], 1), view)
            mask = seen[:, 3:]
            # A thing that fills the frame would be the scene.
            mask = mask * (mask.mean((1, 2, 3, 4), keepdim=True) < 0.3)
            clip[rows] += mask * (seen[:, :3] - clip[rows])
    return clip.reshape(count, 3, FRAMES, moments, SIDE, SIDE).mean(3) if moments > 1 else clip


# What cameras and files add

def lit(clip):
    """Contrast, tint, fading, flicker and a vignette."""
    count = len(clip)
    times = torch.linspace(0, 1, FRAMES)[None]
    fade = uniform(-0.5, 0.5, count, 1) * chance(0.35, count, 1) * eased(count, times)
    flicker = torch.randn(count, FRAMES) * uniform(0, 0.06, count, 1) * chance(0.4, count, 1)
    gain = log_uniform(0.5, 1.6, count, 1) * (1 + fade + flicker)
    tint = 1 + 0.15 * torch.randn(count, 3) * chance(0.5, count, 1)
    mean = clip.mean((1, 2, 3, 4), keepdim=True)
    contrast = log_uniform(0.45, 1.5, count)[:, None, None, None, None]
    grey = clip.mean(1, keepdim=True)
    saturation = uniform(0, 1.2, count)[:, None, None, None, None]
    clip = grey + saturation * (clip - grey)
    clip = (mean + contrast * (clip - mean)) * gain[:, None, :, None, None] * tint[:, :, None, None, None]
    line = torch.linspace(-1, 1, SIDE)
    dark = uniform(0, 0.5, count, 1, 1) * chance(0.3, count, 1)[:, :, None]
    return clip * (1 - dark * (line[None, :, None] ** 2 + line[None, None] ** 2) / 2)[:, None, None]


def overlaid(clip):
    """Bars above and below, or at the sides, and captions: they stay while the scene moves."""
    for i in torch.nonzero(torch.rand(len(clip)) < 0.12).flatten().tolist():
        bar = int(torch.randint(1, 11, ()))
        part = clip[i] if torch.rand(()) < 0.6 else clip[i].transpose(-1, -2)
        part[..., :bar, :] = 0
        part[..., SIDE - bar:, :] = 0
    for i in torch.nonzero(torch.rand(len(clip)) < 0.12).flatten().tolist():
        height, width = (int(v) for v in torch.randint(2, 20, (2,)))
        y, x = int(torch.randint(0, SIDE - height, ())), int(torch.randint(0, SIDE - width, ()))
        clip[i, :, :, y:y + height, x:x + width] = torch.rand(3, 1, 1, 1) * (torch.rand(1, 1, height, width) > 0.4)
    return clip


def recorded(clip):
    """Noise, compression, few colours, and repeated frames; each in part of the clips. Levels of 8 bits.

    Frames of a film have many more pixels and are averaged down to these few, which takes most of its noise and blocks away.
    """
    count = len(clip)
    clip = clip + torch.randn(clip.shape) * (log_uniform(0.003, 0.04, count, 1) * chance(0.5, count, 1))[:, :, None, None, None]
    rows = torch.nonzero(torch.rand(count) < 0.3).flatten()
    if len(rows):
        clip[rows] = compressed(clip[rows], log_uniform(0.004, 0.04, len(rows)))
    levels = torch.where(torch.rand(count) < 0.15, log_uniform(6, 40, count).round(), torch.full((count,), 255.0))
    levels = levels[:, None, None, None, None]
    dither = (torch.rand(clip.shape) - 0.5) * (levels < 255)
    clip = ((clip.clamp(0, 1) * levels + dither).round() / levels).clamp(0, 1)
    for i in torch.nonzero(torch.rand(count) < 0.12).flatten().tolist():
        kept = int(torch.randint(4, FRAMES, ()))
        clip[i] = clip[i][:, torch.arange(FRAMES) * kept // FRAMES]
    return clip


def batch(pool, masks, count, plain=0.0):
    """Clips N x 3 x FRAMES x SIDE x SIDE, values 0..1 of 8 bits, and their classes.

    plain: that part of the clips is easy, as a beginner needs them: a clear movement and nothing else.
    """
    labels = torch.randint(0, len(CLASSES), (count,))
    pictures, outlines = ([source[torch.randint(0, len(source), (count,))].float() / 255 for _ in range(3)]
                          for source in (pool, masks))
    if torch.rand(()) < 0.2:
        pictures[0] = functional.avg_pool2d(pictures[0], 3, 1, 1)
    easy = torch.rand(count) < plain
    clip = render(pictures, outlines, labels, 3 if torch.rand(()) < 0.2 else 1, easy)
    return torch.where(easy[:, None, None, None, None], clip, recorded(overlaid(lit(clip.clone())))), labels
