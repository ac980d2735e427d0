"""The networks of the references: torchvision's by name, published layouts it does not have, and narrow ones of our own."""

import re

import torch
from torch import nn
from torch.nn import functional
from torchvision import models
from torchvision.models import resnet
from torchvision.models.video import resnet as video

import pictures
import videos

LAYOUT = re.compile(r"(irhum|ig65m|vmz|akamaster) layout, layers ([\d-]+)(, epsilon 1e-3)?(, features only)?")


def build(arch, options, outputs):
    """Builds the network a reference file names, with the given number of outputs, in evaluation mode."""
    for nets in (pictures.NETS, videos.NETS):
        if arch in nets:
            return nets[arch](outputs).eval()
    layout = LAYOUT.fullmatch(arch)
    if not layout:
        arguments = {"num_classes": outputs}
        if "replaceStrideWithDilation" in options:
            arguments["replace_stride_with_dilation"] = options["replaceStrideWithDilation"]
        return models.get_model(arch, **arguments).eval()
    family, blocks, _, features = layout.groups()
    blocks = [int(n) for n in blocks.split("-")]
    if family == "akamaster":
        return CifarResNet(blocks, outputs).eval()
    if family == "irhum":
        return (R2Plus1DNet(blocks) if features else R2Plus1DClassifier(blocks, outputs)).eval()
    return videos.vmz(video.BasicBlock, blocks, outputs).eval()


def stages(model):
    """Names of the modules whose outputs a reference file describes."""
    if hasattr(model, "stage_names"):
        return model.stage_names
    if isinstance(model, R2Plus1DClassifier):
        return [f"res2plus1d.conv{i}" for i in range(1, 6)]
    if isinstance(model, R2Plus1DNet):
        return [f"conv{i}" for i in range(1, 6)]
    if isinstance(model, CifarResNet):
        return ["conv1", "layer1", "layer2", "layer3"]
    stem = ["stem"] if isinstance(model, video.VideoResNet) else ["conv1", "maxpool"]
    return stem + ["layer1", "layer2", "layer3", "layer4"]


# irhum/R2Plus1D-PyTorch: convolutions with biases, a factored short-cut, nothing after the stem.

class SpatioTemporalConv(nn.Module):
    """1 x k x k, batch norm, ReLU, t x 1 x 1; the middle width gives the parameters of one t x k x k kernel."""

    def __init__(self, channels, out, kernel, stride, padding):
        super().__init__()
        t, k, _ = kernel
        middle = t * k * k * channels * out // (k * k * channels + t * out)
        self.spatial_conv = nn.Conv3d(channels, middle, (1, k, k), (1, *stride[1:]), (0, *padding[1:]))
        self.bn = nn.BatchNorm3d(middle)
        self.temporal_conv = nn.Conv3d(middle, out, (t, 1, 1), (stride[0], 1, 1), (padding[0], 0, 0))

    def forward(self, x):
        return self.temporal_conv(functional.relu(self.bn(self.spatial_conv(x))))


class SpatioTemporalResBlock(nn.Module):
    def __init__(self, channels, out, downsample):
        super().__init__()
        stride = (2, 2, 2) if downsample else (1, 1, 1)
        self.downsample = downsample
        if downsample:
            self.downsampleconv = SpatioTemporalConv(channels, out, (1, 1, 1), stride, (0, 0, 0))
            self.downsamplebn = nn.BatchNorm3d(out)
        self.conv1 = SpatioTemporalConv(channels, out, (3, 3, 3), stride, (1, 1, 1))
        self.bn1 = nn.BatchNorm3d(out)
        self.conv2 = SpatioTemporalConv(out, out, (3, 3, 3), (1, 1, 1), (1, 1, 1))
        self.bn2 = nn.BatchNorm3d(out)

    def forward(self, x):
        residual = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        shortcut = self.downsamplebn(self.downsampleconv(x)) if self.downsample else x
        return functional.relu(shortcut + residual)


class SpatioTemporalResLayer(nn.Module):
    def __init__(self, channels, out, blocks, downsample):
        super().__init__()
        self.block1 = SpatioTemporalResBlock(channels, out, downsample)
        self.blocks = nn.ModuleList(SpatioTemporalResBlock(out, out, False) for _ in range(blocks - 1))

    def forward(self, x):
        x = self.block1(x)
        for block in self.blocks:
            x = block(x)
        return x


class R2Plus1DNet(nn.Module):
    """The network without its classifier: 512 features a clip."""

    def __init__(self, blocks):
        super().__init__()
        self.conv1 = SpatioTemporalConv(3, 64, (3, 7, 7), (1, 2, 2), (1, 3, 3))
        self.conv2 = SpatioTemporalResLayer(64, 64, blocks[0], False)
        self.conv3 = SpatioTemporalResLayer(64, 128, blocks[1], True)
        self.conv4 = SpatioTemporalResLayer(128, 256, blocks[2], True)
        self.conv5 = SpatioTemporalResLayer(256, 512, blocks[3], True)

    def forward(self, x):
        x = self.conv5(self.conv4(self.conv3(self.conv2(self.conv1(x)))))
        return functional.adaptive_avg_pool3d(x, 1).flatten(1)


class R2Plus1DClassifier(nn.Module):
    def __init__(self, blocks, classes):
        super().__init__()
        self.res2plus1d = R2Plus1DNet(blocks)
        self.linear = nn.Linear(512, classes)

    def forward(self, x):
        return self.linear(self.res2plus1d(x))


# akamaster/pytorch_resnet_cifar10: three narrow stages, a short-cut without parameters (option A of the ResNet paper).

class CifarBlock(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.stride, self.added = stride, out - channels
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)

    def forward(self, x):
        residual = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        side = self.added // 2
        shortcut = functional.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, side, side))
        return functional.relu(shortcut + residual)


class CifarResNet(nn.Module):
    def __init__(self, blocks, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self.stage(16, 16, blocks[0], 1)
        self.layer2 = self.stage(16, 32, blocks[1], 2)
        self.layer3 = self.stage(32, 64, blocks[2], 2)
        self.linear = nn.Linear(64, classes)

    @staticmethod
    def stage(channels, out, blocks, stride):
        rest = [CifarBlock(out, out, 1) for _ in range(blocks - 1)]
        return nn.Sequential(CifarBlock(channels, out, stride), *rest)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(functional.relu(self.bn1(self.conv1(x))))))
        return self.linear(torch.mean(x, (2, 3)))


# torchvision's networks with other widths: the same keys, so that Lanewise recognises them.

class NarrowResNet(models.ResNet):
    def __init__(self, stem, widths, blocks, classes):
        nn.Module.__init__(self)
        self._norm_layer, self.inplanes, self.dilation, self.groups, self.base_width = nn.BatchNorm2d, stem, 1, 1, 64
        self.conv1 = nn.Conv2d(3, stem, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for stage, (width, count) in enumerate(zip(widths, blocks), 1):
            layer = self._make_layer(resnet.BasicBlock, width, count, stride=1 if stage == 1 else 2)
            setattr(self, f"layer{stage}", layer)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(widths[-1], classes)


class NarrowR2Plus1d(video.VideoResNet):
    def __init__(self, stem, widths, blocks, classes):
        """stem: channels between the stem's two convolutions; widths and blocks: of the four stages."""
        nn.Module.__init__(self)
        self.stem = nn.Sequential(
            nn.Conv3d(3, stem, (1, 7, 7), (1, 2, 2), (0, 3, 3), bias=False), nn.BatchNorm3d(stem), nn.ReLU(inplace=True),
            nn.Conv3d(stem, widths[0], (3, 1, 1), 1, (1, 0, 0), bias=False), nn.BatchNorm3d(widths[0]),
            nn.ReLU(inplace=True))
        self.inplanes = widths[0]
        for stage, (width, count) in enumerate(zip(widths, blocks), 1):
            layer = self._make_layer(video.BasicBlock, video.Conv2Plus1D, width, count, stride=1 if stage == 1 else 2)
            setattr(self, f"layer{stage}", layer)
        self.avgpool = nn.AdaptiveAvgPool3d(1)
        self.fc = nn.Linear(widths[-1], classes)
