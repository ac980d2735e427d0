"""One small reference per operation: torch.nn.functional in float64 on seeded float32 tensors."""

import math

import torch
from torch.nn import functional

import seeded

DIGITS = 9
CONVOLUTIONS = {
    # name: (input N C T H W, weight O I kT kH kW, stride, padding, dilation, groups, bias)
    "conv-pointwise": ((1, 5, 2, 3, 4), (7, 5, 1, 1, 1), (1, 1, 1), (0, 0, 0), (1, 1, 1), 1, False),
    "conv-pointwise-stride": ((1, 4, 4, 5, 6), (6, 4, 1, 1, 1), (2, 2, 2), (0, 0, 0), (1, 1, 1), 1, True),
    "conv-spatial": ((1, 3, 2, 4, 5), (4, 3, 1, 3, 3), (1, 1, 1), (0, 1, 1), (1, 1, 1), 1, True),
    "conv-spatial-stride": ((2, 3, 2, 5, 6), (5, 3, 1, 3, 3), (1, 2, 2), (0, 1, 1), (1, 1, 1), 1, False),
    "conv-stem": ((1, 3, 2, 9, 11), (5, 3, 1, 7, 7), (1, 2, 2), (0, 3, 3), (1, 1, 1), 1, True),
    "conv-temporal": ((1, 6, 5, 3, 3), (5, 6, 3, 1, 1), (1, 1, 1), (1, 0, 0), (1, 1, 1), 1, True),
    "conv-temporal-stride": ((1, 6, 7, 2, 3), (4, 6, 3, 1, 1), (2, 1, 1), (1, 0, 0), (1, 1, 1), 1, False),
    "conv-full": ((1, 3, 3, 4, 5), (4, 3, 3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 1, True),
    "conv-full-stride": ((1, 3, 5, 7, 6), (4, 3, 3, 3, 3), (2, 2, 2), (1, 1, 1), (1, 1, 1), 1, False),
    "conv-dilation": ((1, 4, 1, 8, 9), (3, 4, 1, 3, 3), (1, 1, 1), (0, 2, 2), (1, 2, 2), 1, True),
    "conv-dilation-all": ((1, 2, 6, 7, 8), (3, 2, 3, 3, 2), (1, 2, 1), (2, 0, 1), (2, 2, 3), 1, True),
    "conv-groups": ((1, 6, 1, 5, 5), (9, 2, 1, 3, 3), (1, 1, 1), (0, 1, 1), (1, 1, 1), 3, True),
    "conv-depthwise": ((1, 4, 3, 4, 4), (4, 1, 3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 4, False),
    "conv-asymmetric": ((1, 3, 5, 6, 9), (4, 3, 2, 3, 5), (1, 2, 3), (1, 0, 2), (1, 1, 1), 1, True),
    "conv-wide-padding": ((1, 2, 1, 1, 2), (3, 2, 3, 3, 3), (1, 1, 1), (2, 2, 2), (1, 1, 1), 1, True),
}
POOLS = {
    # name: (input, kernel, stride, padding, elements with another value)
    "maxpool-image": ((1, 3, 1, 9, 10), (1, 3, 3), (1, 2, 2), (0, 1, 1), {}),
    "maxpool-clip": ((1, 2, 5, 6, 7), (3, 3, 3), (2, 2, 2), (1, 1, 1), {}),
    "maxpool-nan-inf": ((1, 1, 3, 6, 7), (3, 3, 3), (2, 2, 2), (1, 1, 1),
                        {17: "NaN", 60: "-Infinity", 125: "Infinity", 119: "NaN"}),
    "maxpool-all-negative-infinity": ((1, 1, 1, 3, 3), (1, 3, 3), (1, 2, 2), (0, 1, 1),
                                      {i: "-Infinity" for i in range(9)}),
}
SPECIAL = {0: "NaN", 1: "Infinity", 2: "-Infinity", 3: "-0.0", 4: "0.0"}


def number(value):
    """A JSON value: JSON has no NaN, infinity or dependable negative zero, so these are strings."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else 0.0
    return float(f"{value:.{DIGITS}g}")


class Case:
    """Collects one operation's seeded arguments and its result."""

    def __init__(self, name, op, **settings):
        self.name = name
        self.record = {"name": name, "op": op, **settings, "tensors": []}

    def tensor(self, part, shape, special=None):
        """A seeded tensor named CASE.PART, as float64, with single elements replaced."""
        name = f"{self.name}.{part}"
        scale, offset = (seeded.INPUT_SCALE, 0.0) if part == "input" else seeded.scale_and_offset(name, shape)
        values = seeded.tensor(name, shape, scale, offset).double()
        entry = {"part": part, "name": name, "shape": list(shape), "scale": scale, "offset": offset}
        if special:
            for index, value in special.items():
                values.view(-1)[index] = float(value)
            entry["special"] = [[index, value] for index, value in special.items()]
        self.record["tensors"].append(entry)
        return values

    def result(self, y):
        self.record["output"] = {"shape": list(y.shape), "float64": [number(v) for v in y.flatten().tolist()]}
        return self.record


def convolution(name, shape, weight, stride, padding, dilation, groups, bias):
    case = Case(name, "conv3d", stride=stride, padding=padding, dilation=dilation, groups=groups)
    return case.result(functional.conv3d(
        case.tensor("input", shape), case.tensor("weight", weight), case.tensor("bias", weight[:1]) if bias else None,
        stride, padding, dilation, groups))


def batch_norm(name, shape, epsilon):
    case = Case(name, "batch_norm", epsilon=epsilon)
    x = case.tensor("input", shape)
    weight, bias, mean, variance = (
        case.tensor(part, shape[1:2]) for part in ("weight", "bias", "running_mean", "running_var"))
    return case.result(functional.batch_norm(x, mean, variance, weight, bias, eps=epsilon))


def max_pool(name, shape, kernel, stride, padding, special):
    case = Case(name, "max_pool3d", kernel=kernel, stride=stride, padding=padding)
    return case.result(functional.max_pool3d(case.tensor("input", shape, special), kernel, stride, padding))


def linear(name, rows, inputs, outputs):
    case = Case(name, "linear")
    x, weight = case.tensor("input", (rows, inputs)), case.tensor("weight", (outputs, inputs))
    return case.result(functional.linear(x, weight, case.tensor("bias", (outputs,))))


def average_pool(name, shape):
    case = Case(name, "adaptive_avg_pool3d")
    return case.result(functional.adaptive_avg_pool3d(case.tensor("input", shape), 1))


def softmax(name, shape, special):
    case = Case(name, "softmax")
    return case.result(functional.softmax(case.tensor("input", shape, special), dim=1))


def relu(name, shape, special):
    case = Case(name, "relu")
    return case.result(functional.relu(case.tensor("input", shape, special)))


def reference():
    cases = [convolution(name, *settings) for name, settings in CONVOLUTIONS.items()]
    cases += [batch_norm("batchnorm", (2, 5, 2, 3, 3), 1e-5), batch_norm("batchnorm-vmz", (1, 7, 1, 3, 4), 1e-3)]
    cases += [max_pool(name, *settings) for name, settings in POOLS.items()]
    cases += [
        average_pool("avgpool", (2, 5, 3, 5, 7)),
        linear("linear", 3, 37, 11),
        softmax("softmax", (2, 13), {}),
        softmax("softmax-large", (1, 5), {0: "1000.0", 1: "999.0", 2: "-1000.0"}),
        softmax("softmax-negative-infinity", (1, 5), {1: "-Infinity"}),
        relu("relu", (1, 3, 1, 4, 4), SPECIAL),
    ]
    return {"digits": DIGITS, "cases": cases}
