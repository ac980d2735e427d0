"""Video networks of the stored references that torchvision does not have: R(2+1)D in four more projects' layouts."""

import torch
from torch import nn
from torch.nn import functional
from torchvision.models.video import resnet as video


def middle(channels, out, t=3, d=3):
    """Channels between the factors that give the parameters of one t x d x d kernel (Tran et al. 2018, section 3.5)."""
    return t * d * d * channels * out // (d * d * channels + t * out)


def conv(channels, out, kernel, stride=(1, 1, 1)):
    return nn.Conv3d(channels, out, kernel, stride, tuple(k // 2 for k in kernel), bias=False)


SPATIAL = nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1))


# VMZ: torchvision's modules, another middle width per convolution, another epsilon, for bottlenecks a max-pool.

class Conv2Plus1D(video.Conv2Plus1D):
    """torchvision's factored convolution, its middle width taken from its own channels, not from the block's."""

    def __init__(self, in_planes, out_planes, _, stride=1, padding=1):
        super().__init__(in_planes, out_planes, middle(in_planes, out_planes), stride, padding)


def vmz(block, blocks, classes):
    """R(2+1)D as VMZ and ig65m publish it: batch norm epsilon 1e-3."""
    model = video.VideoResNet(block, [Conv2Plus1D] * 4, blocks, video.R2Plus1dStem, classes)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm3d):
            module.eps = 1e-3
    if block is video.Bottleneck:
        model.layer1.register_forward_pre_hook(lambda _, inputs: SPATIAL(inputs[0]))
    return model


# kenshohara/3D-ResNets-PyTorch, resnet2p1d.

def padded(x, channels, stride):
    """Short-cut A: a subsampled input with zero channels behind."""
    x = functional.avg_pool3d(x, 1, stride)
    return torch.cat([x, x.new_zeros(x.shape[0], channels - x.shape[1], *x.shape[2:])], 1)


class KenshoBlock(nn.Module):
    def __init__(self, channels, planes, stride, bottleneck, projects):
        super().__init__()
        self.out = planes * (4 if bottleneck else 1)
        self.stride = stride
        self.pointwise = bottleneck
        if bottleneck:
            self.conv1, self.bn1 = conv(channels, planes, (1, 1, 1)), nn.BatchNorm3d(planes)
            self.factored(2, planes, planes, stride)
            self.conv3, self.bn3 = conv(planes, self.out, (1, 1, 1)), nn.BatchNorm3d(self.out)
        else:
            self.factored(1, channels, planes, stride)
            self.factored(2, planes, planes, 1)
        self.changes = stride > 1 or channels != self.out
        self.downsample = nn.Sequential(
            conv(channels, self.out, (1, 1, 1), (stride,) * 3), nn.BatchNorm3d(self.out)) if self.changes and projects else None

    def factored(self, number, channels, out, stride):
        width = middle(channels, out)
        self.add_module(f"conv{number}_s", conv(channels, width, (1, 3, 3), (1, stride, stride)))
        self.add_module(f"bn{number}_s", nn.BatchNorm3d(width))
        self.add_module(f"conv{number}_t", conv(width, out, (3, 1, 1), (stride, 1, 1)))
        self.add_module(f"bn{number}_t", nn.BatchNorm3d(out))

    def run(self, number, x):
        x = functional.relu(getattr(self, f"bn{number}_s")(getattr(self, f"conv{number}_s")(x)))
        return getattr(self, f"bn{number}_t")(getattr(self, f"conv{number}_t")(x))

    def forward(self, x):
        if self.pointwise:
            y = functional.relu(self.bn1(self.conv1(x)))
            y = self.bn3(self.conv3(functional.relu(self.run(2, y))))
        else:
            y = self.run(2, functional.relu(self.run(1, x)))
        if self.downsample is not None:
            x = self.downsample(x)
        elif self.changes:
            x = padded(x, self.out, self.stride)
        return functional.relu(y + x)


class Kensho(nn.Module):
    stage_names = ["layer1", "layer2", "layer3", "layer4"]

    def __init__(self, blocks, classes, frames, pool, bottleneck, projects):
        super().__init__()
        width = middle(3, 64, frames, 7)
        self.conv1_s, self.bn1_s = conv(3, width, (1, 7, 7), (1, 2, 2)), nn.BatchNorm3d(width)
        self.conv1_t, self.bn1_t = conv(width, 64, (frames, 1, 1)), nn.BatchNorm3d(64)
        self.pool = nn.MaxPool3d(3, 2, 1) if pool else nn.Identity()
        channels = 64
        for i, name in enumerate(self.stage_names):
            stage = [KenshoBlock(channels, 64 << i, 2 if i else 1, bottleneck, projects)]
            channels = stage[0].out
            stage += [KenshoBlock(channels, 64 << i, 1, bottleneck, projects) for _ in range(blocks[i] - 1)]
            self.add_module(name, nn.Sequential(*stage))
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = functional.relu(self.bn1_s(self.conv1_s(x)))
        x = self.pool(functional.relu(self.bn1_t(self.conv1_t(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3, 4)))


# mmaction2, ResNet2Plus1d.

class Conv2plus1d(nn.Module):
    """Its middle width always counts three frames, also for the 1 x 1 x 1 short-cut."""

    def __init__(self, channels, out, kernel, stride):
        super().__init__()
        width = middle(channels, out, 3, kernel[1])
        self.conv_s = conv(channels, width, (1, *kernel[1:]), (1, *stride[1:]))
        self.bn_s = nn.BatchNorm3d(width)
        self.conv_t = conv(width, out, (kernel[0], 1, 1), (stride[0], 1, 1))

    def forward(self, x):
        return self.conv_t(functional.relu(self.bn_s(self.conv_s(x))))


class ConvModule(nn.Module):
    def __init__(self, channels, out, kernel, stride=(1, 1, 1), activation=True):
        super().__init__()
        self.conv = Conv2plus1d(channels, out, kernel, stride)
        self.bn = nn.BatchNorm3d(out, eps=1e-3)
        self.activation = nn.ReLU() if activation else nn.Identity()

    def forward(self, x):
        return self.activation(self.bn(self.conv(x)))


class MmactionBlock(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        strides = (stride,) * 3
        self.conv1 = ConvModule(channels, out, (3, 3, 3), strides)
        self.conv2 = ConvModule(out, out, (3, 3, 3), activation=False)
        changes = stride > 1 or channels != out
        self.downsample = ConvModule(channels, out, (1, 1, 1), strides, False) if changes else nn.Identity()

    def forward(self, x):
        return functional.relu(self.conv2(self.conv1(x)) + self.downsample(x))


class Mmaction(nn.Module):
    stage_names = ["backbone.conv1", *(f"backbone.layer{i}" for i in range(1, 5))]

    def __init__(self, blocks, classes):
        super().__init__()
        parts = {"conv1": ConvModule(3, 64, (3, 7, 7), (1, 2, 2))}
        channels = 64
        for i in range(4):
            out = 64 << i
            rest = [MmactionBlock(out, out, 1) for _ in range(blocks[i] - 1)]
            parts[f"layer{i + 1}"] = nn.Sequential(MmactionBlock(channels, out, 2 if i else 1), *rest)
            channels = out
        self.backbone = nn.ModuleDict(parts)
        self.cls_head = nn.ModuleDict({"fc_cls": nn.Linear(channels, classes)})

    def forward(self, x):
        x = SPATIAL(self.backbone["conv1"](x))
        for i in range(1, 5):
            x = self.backbone[f"layer{i}"](x)
        return self.cls_head["fc_cls"](x.mean((2, 3, 4)))


# pytorchvideo, r2plus1d: time before space, strides on the second convolution, probabilities averaged over windows.

class PtvBlock(nn.Module):
    def __init__(self, channels, inner, stride):
        super().__init__()
        out = 4 * inner
        if stride != (1, 1, 1) or channels != out:
            self.branch1_conv, self.branch1_norm = conv(channels, out, (1, 1, 1), stride), nn.BatchNorm3d(out)
        else:
            self.branch1_conv = None
        self.branch2 = nn.ModuleDict({
            "conv_a": conv(channels, inner, (1, 1, 1)), "norm_a": nn.BatchNorm3d(inner),
            "conv_b": nn.ModuleDict({
                "conv_t": conv(inner, inner, (3, 1, 1), (stride[0], 1, 1)), "norm": nn.BatchNorm3d(inner),
                "conv_xy": conv(inner, inner, (1, 3, 3), (1, *stride[1:]))}),
            "norm_b": nn.BatchNorm3d(inner),
            "conv_c": conv(inner, out, (1, 1, 1)), "norm_c": nn.BatchNorm3d(out)})

    def forward(self, x):
        parts = self.branch2
        y = functional.relu(parts["norm_a"](parts["conv_a"](x)))
        y = functional.relu(parts["conv_b"]["norm"](parts["conv_b"]["conv_t"](y)))
        y = functional.relu(parts["norm_b"](parts["conv_b"]["conv_xy"](y)))
        y = parts["norm_c"](parts["conv_c"](y))
        return functional.relu(y + (x if self.branch1_conv is None else self.branch1_norm(self.branch1_conv(x))))


class PtvStem(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = conv(3, 64, (1, 7, 7), (1, 2, 2)), nn.BatchNorm3d(64)

    def forward(self, x):
        return functional.relu(self.norm(self.conv(x)))


class PtvStage(nn.Module):
    def __init__(self, channels, inner, blocks, stride):
        super().__init__()
        self.res_blocks = nn.Sequential(PtvBlock(channels, inner, stride), *(
            PtvBlock(4 * inner, inner, (1, 1, 1)) for _ in range(blocks - 1)))

    def forward(self, x):
        return self.res_blocks(x)


class PtvHead(nn.Module):
    def __init__(self, channels, classes, window):
        super().__init__()
        self.pool = nn.AvgPool3d(window, 1)
        self.proj = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.proj(self.pool(x).permute(0, 2, 3, 4, 1)).softmax(-1)
        return x.mean((1, 2, 3))


class Ptv(nn.Module):
    stage_names = [f"blocks.{i}" for i in range(5)]

    def __init__(self, blocks, classes, window):
        super().__init__()
        strides = [(1, 2, 2), (1, 2, 2), (2, 2, 2), (2, 2, 2)]
        stages = [PtvStage(64 if i == 0 else 128 << i, 64 << i, blocks[i], strides[i]) for i in range(4)]
        self.blocks = nn.ModuleList([PtvStem(), *stages, PtvHead(2048, classes, window)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


ONES = [1, 1, 1, 1]
NETS = {
    "vmz bottleneck": lambda classes: vmz(video.Bottleneck, [1, 2, 1, 1], classes),
    "kensho basic, short-cut B": lambda classes: Kensho([1, 2, 1, 1], classes, 7, True, False, True),
    "kensho basic, short-cut A": lambda classes: Kensho(ONES, classes, 3, False, False, False),
    "kensho bottleneck, short-cut B": lambda classes: Kensho(ONES, classes, 7, False, True, True),
    "kensho bottleneck, short-cut A": lambda classes: Kensho(ONES, classes, 3, True, True, False),
    "mmaction2": lambda classes: Mmaction([1, 2, 1, 1], classes),
    "pytorchvideo, windows of 2x2x2": lambda classes: Ptv([1, 2, 1, 1], classes, (2, 2, 2)),
}
