"""Picture networks of the stored references that torchvision does not have: timm's, Hugging Face's and those for CIFAR."""

from torch import nn
from torch.nn import functional
from torchvision.models import resnet


def conv(channels, out, kernel, stride=1):
    return nn.Conv2d(channels, out, kernel, stride, kernel // 2, bias=False)


class SqueezeExcite(nn.Module):
    """Each channel times a factor made from the means of all channels."""

    def __init__(self, channels, squeezed):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * self.fc2(functional.relu(self.fc1(x.mean((2, 3), keepdim=True)))).sigmoid()


def projection(channels, out, stride):
    return nn.Sequential(conv(channels, out, 1, stride), nn.BatchNorm2d(out))


def averaged(channels, out, stride):
    """timm's d, t and e variants: the short-cut averages 2 x 2 before it projects."""
    pool = nn.AvgPool2d(2, stride, ceil_mode=True, count_include_pad=False) if stride > 1 else nn.Identity()
    return nn.Sequential(pool, conv(channels, out, 1), nn.BatchNorm2d(out))


class Basic(nn.Module):
    expansion = 1

    def __init__(self, channels, planes, stride, shortcut="downsample", down=projection, squeezed=0):
        super().__init__()
        self.conv1, self.bn1 = conv(channels, planes, 3, stride), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = conv(planes, planes, 3), nn.BatchNorm2d(planes)
        self.se = SqueezeExcite(planes, squeezed) if squeezed else nn.Identity()
        self.add_module(shortcut, down(channels, planes, stride) if stride > 1 or channels != planes else nn.Identity())
        self.shortcut_name = shortcut

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.se(self.bn2(self.conv2(y))) + getattr(self, self.shortcut_name)(x))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, channels, planes, stride, shortcut="downsample", down=projection, squeezed=0, antialias=False):
        super().__init__()
        out = 4 * planes
        antialias = antialias and stride > 1
        self.conv1, self.bn1 = conv(channels, planes, 1), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = conv(planes, planes, 3, 1 if antialias else stride), nn.BatchNorm2d(planes)
        self.aa = nn.AvgPool2d(stride) if antialias else nn.Identity()
        self.conv3, self.bn3 = conv(planes, out, 1), nn.BatchNorm2d(out)
        self.se = SqueezeExcite(out, squeezed) if squeezed else nn.Identity()
        self.add_module(shortcut, down(channels, out, stride) if stride > 1 or channels != out else nn.Identity())
        self.shortcut_name = shortcut

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.aa(functional.relu(self.bn2(self.conv2(y))))
        return functional.relu(self.se(self.bn3(self.conv3(y))) + getattr(self, self.shortcut_name)(x))


def stage(block, channels, planes, blocks, stride, **settings):
    first = block(channels, planes, stride, **settings)
    return nn.Sequential(first, *(block(planes * block.expansion, planes, 1, **settings) for _ in range(blocks - 1)))


class Timm(nn.Module):
    """timm's ResNet; `widths` of one or of three convolutions in the stem."""

    stage_names = ["maxpool", "layer1", "layer2", "layer3", "layer4"]

    def __init__(self, block, blocks, widths, classes, squeeze=False, antialias=False, **settings):
        super().__init__()
        if len(widths) == 1:
            self.conv1 = conv(3, widths[0], 7, 2)
        else:
            first, second, third = widths
            self.conv1 = nn.Sequential(
                conv(3, first, 3, 2), nn.BatchNorm2d(first), nn.ReLU(),
                conv(first, second, 3), nn.BatchNorm2d(second), nn.ReLU(), conv(second, third, 3))
        self.bn1 = nn.BatchNorm2d(widths[-1])
        self.maxpool = nn.AvgPool2d(2) if antialias else nn.MaxPool2d(3, 2, 1)
        if antialias:
            settings["antialias"] = True
        channels = widths[-1]
        for i in range(4):
            planes = 64 << i
            if squeeze:
                settings["squeezed"] = max(8, planes * block.expansion // 16)
            self.add_module(f"layer{i + 1}", stage(block, channels, planes, blocks[i], 2 if i else 1, **settings))
            channels = planes * block.expansion
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.maxpool(functional.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


class Cifar(nn.Module):
    """Nets for pictures of 32 x 32: chenyaofo/pytorch-cifar-models and kuangliu/pytorch-cifar."""

    def __init__(self, block, blocks, width, classes, head, **settings):
        super().__init__()
        self.conv1, self.bn1 = conv(3, width, 3), nn.BatchNorm2d(width)
        self.stage_names = [f"layer{i + 1}" for i in range(len(blocks))]
        channels = width
        for i, name in enumerate(self.stage_names):
            self.add_module(name, stage(block, channels, width << i, blocks[i], 2 if i else 1, **settings))
            channels = (width << i) * block.expansion
        self.add_module(head, nn.Linear(channels, classes))
        self.head = head

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        for name in self.stage_names:
            x = getattr(self, name)(x)
        return getattr(self, self.head)(functional.adaptive_avg_pool2d(x, 1).flatten(1))


# Hugging Face transformers: the same arithmetic in other modules.

class HfConv(nn.Module):
    def __init__(self, channels, out, kernel, stride=1, activation=True):
        super().__init__()
        self.convolution = conv(channels, out, kernel, stride)
        self.normalization = nn.BatchNorm2d(out)
        self.activation = nn.ReLU() if activation else nn.Identity()

    def forward(self, x):
        return self.activation(self.normalization(self.convolution(x)))


class HfLayer(nn.Module):
    def __init__(self, channels, out, stride, bottleneck, early):
        super().__init__()
        changes = stride > 1 or channels != out
        self.shortcut = HfConv(channels, out, 1, stride, False) if changes else nn.Identity()
        if bottleneck:
            inner = out // 4
            self.layer = nn.Sequential(
                HfConv(channels, inner, 1, stride if early else 1), HfConv(inner, inner, 3, 1 if early else stride),
                HfConv(inner, out, 1, activation=False))
        else:
            self.layer = nn.Sequential(HfConv(channels, out, 3, stride), HfConv(out, out, 3, activation=False))

    def forward(self, x):
        return functional.relu(self.layer(x) + self.shortcut(x))


class HfStage(nn.Module):
    def __init__(self, channels, out, blocks, stride, bottleneck, early):
        super().__init__()
        self.layers = nn.Sequential(HfLayer(channels, out, stride, bottleneck, early), *(
            HfLayer(out, out, 1, bottleneck, early) for _ in range(blocks - 1)))

    def forward(self, x):
        return self.layers(x)


class HfClassifier(nn.Module):
    """`ResNetForImageClassification`."""

    stage_names = [f"resnet.encoder.stages.{i}" for i in range(4)]

    def __init__(self, blocks, widths, classes, bottleneck, early=False, first=False):
        super().__init__()
        stages = []
        channels = 64
        for i, out in enumerate(widths):
            stages.append(HfStage(channels, out, blocks[i], 2 if i or first else 1, bottleneck, early))
            channels = out
        self.resnet = nn.ModuleDict({
            "embedder": nn.ModuleDict({"embedder": HfConv(3, 64, 7, 2)}),
            "encoder": nn.ModuleDict({"stages": nn.Sequential(*stages)})})
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(channels, classes))

    def forward(self, x):
        x = functional.max_pool2d(self.resnet["embedder"]["embedder"](x), 3, 2, 1)
        return self.classifier(functional.adaptive_avg_pool2d(self.resnet["encoder"]["stages"](x), 1))


def original(classes):
    """torchvision's bottlenecks with the stride where the paper has it (v1)."""
    model = resnet.ResNet(resnet.Bottleneck, [1, 2, 1, 1], classes)
    for block in (model.layer2[0], model.layer3[0], model.layer4[0]):
        block.conv1.stride, block.conv2.stride = (2, 2), (1, 1)
    return model


ONES = [1, 1, 1, 1]
NETS = {
    "timm resnet10t": lambda classes: Timm(Basic, ONES, [24, 32, 64], classes, down=averaged),
    "timm resnet14c": lambda classes: Timm(Bottleneck, ONES, [32, 32, 64], classes),
    "timm resnet17d": lambda classes: Timm(Bottleneck, [1, 2, 1, 1], [32, 32, 64], classes, down=averaged),
    "timm resnet14e": lambda classes: Timm(Bottleneck, ONES, [64, 64, 128], classes, down=averaged),
    "timm resnet14s": lambda classes: Timm(Bottleneck, ONES, [64, 64, 128], classes),
    "timm seresnet10": lambda classes: Timm(Basic, ONES, [64], classes, squeeze=True),
    "timm seresnet17d": lambda classes: Timm(Bottleneck, [1, 2, 1, 1], [32, 32, 64], classes, squeeze=True, down=averaged),
    "timm resnetaa14": lambda classes: Timm(Bottleneck, ONES, [64], classes, antialias=True),
    "hf basic": lambda classes: HfClassifier([1, 2, 1, 1], [64, 128, 256, 512], classes, False),
    "hf bottleneck": lambda classes: HfClassifier(ONES, [256, 512, 1024, 2048], classes, True, early=True, first=True),
    "chenyaofo resnet10": lambda classes: Cifar(Basic, [1, 2, 1], 16, classes, "fc"),
    "kuangliu resnet10": lambda classes: Cifar(Basic, ONES, 64, classes, "linear", shortcut="shortcut"),
    "kuangliu resnet14": lambda classes: Cifar(Bottleneck, ONES, 64, classes, "linear", shortcut="shortcut"),
    "torchvision v1": original,
}
