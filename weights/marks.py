"""What the makers of clips and of characters share: draws, one for each row, and the marks that compression leaves."""

import math

import torch


def uniform(low, high, *shape):
    return low + (high - low) * torch.rand(*shape)


def log_uniform(low, high, *shape):
    return torch.exp(uniform(math.log(low), math.log(high), *shape))


def chance(probability, *shape):
    """1 with that probability, else 0."""
    return (torch.rand(*shape) < probability).float()


def cosines():
    k, n = torch.arange(8)[:, None], torch.arange(8)[None]
    basis = torch.cos(math.pi * (2 * n + 1) * k / 16) * 0.5
    basis[0] /= math.sqrt(2)
    return basis


def compressed(pictures, strength):
    """Blocks of 8 x 8 cosines, the high ones rounded more coarsely, as JPEG and video codecs do.

    pictures: N x ... x H x W, both multiples of 8; strength: N steps of the lowest cosine, on the scale 0 to 1.
    """
    count, height, width = len(pictures), *pictures.shape[-2:]
    basis = cosines()
    waves = basis @ pictures.reshape(count, -1, height // 8, 8, width // 8, 8).transpose(3, 4) @ basis.T
    step = (1 + torch.arange(8)[:, None] + torch.arange(8)[None]) * strength[:, None, None, None, None, None]
    return (basis.T @ ((waves / step).round() * step) @ basis).transpose(3, 4).reshape(pictures.shape)
