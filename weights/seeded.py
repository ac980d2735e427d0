"""Tensors whose values come from a formula, so that a test needs a name and a shape instead of a file.

The state s is the 64-bit FNV-1a hash of the tensor's name in UTF-8; z_i is output i (1 for element 0) of SplitMix64
started at s; u_i = (z_i >>> 40) * 2^-23 - 1 lies in [-1, 1) and is exact. Element i, row-major, is
(float32)(u_i * scale + offset), computed in double. Any language reproduces the same bits.
FNV-1a: Fowler, Noll, Vo. SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
"""

import math

import numpy as np
import torch

GAMMA = np.uint64(0x9E3779B97F4A7C15)
INPUT_SCALE = 2.0


def fnv1a(name):
    """64-bit FNV-1a hash of a name in UTF-8."""
    state = 0xCBF29CE484222325
    for byte in name.encode("utf-8"):
        state = (state ^ byte) * 0x100000001B3 % 2**64
    return state


def uniform(name, count):
    """The first `count` values u_i of a name: float64 in [-1, 1)."""
    with np.errstate(over="ignore"):
        z = np.uint64(fnv1a(name)) + np.arange(1, count + 1, dtype=np.uint64) * GAMMA
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1.0


def scale_and_offset(name, shape):
    """Scale and offset of a state-dict tensor: they keep the activations of a deep network near one."""
    part = name.rsplit(".", 1)[-1]
    if part == "running_mean" or part == "bias":
        return 0.1, 0.0
    if part == "running_var":
        return 0.25, 1.0
    if part == "weight":
        return (0.2, 0.8) if len(shape) == 1 else (math.sqrt(4.5 / math.prod(shape[1:])), 0.0)
    raise ValueError(f"no seeding rule for the tensor {name} {list(shape)}")


def tensor(name, shape, scale, offset=0.0):
    """A float32 tensor of the given name, shape, scale and offset."""
    values = uniform(name, math.prod(shape)) * scale + offset
    return torch.from_numpy(values.astype(np.float32)).reshape(tuple(shape))


def input_tensor(shape, name="input"):
    """The input of a seeded network."""
    return tensor(name, shape, INPUT_SCALE)


def parameter(name, shape):
    """The tensor a state dict holds under this name."""
    if name.rsplit(".", 1)[-1] == "num_batches_tracked":
        return torch.zeros(tuple(shape), dtype=torch.int64)
    return tensor(name, shape, *scale_and_offset(name, shape))


def fill(model):
    """Gives every tensor of a module's state dict its seeded value; returns the module."""
    model.load_state_dict({name: parameter(name, value.shape) for name, value in model.state_dict().items()})
    return model
