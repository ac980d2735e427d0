"""A network as the files that the native engines of the peer benchmark read: TorchScript and ONNX."""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models.video.resnet import R2Plus1dStem

OPSET = 17
PICTURE = (1, 3, 224, 224)
CLIP = (1, 3, 16, 112, 112)


def write(model, path):
    """Writes PATH.pt and PATH.onnx for any batch, and PATH-2d.onnx of an R(2+1)D for one clip; returns their paths."""
    model = model.eval()
    video = any(isinstance(module, nn.Conv3d) for module in model.modules())
    example = torch.zeros(CLIP if video else PICTURE)
    paths = [path.with_suffix(".pt"), path.with_suffix(".onnx")]
    with torch.inference_mode():
        torch.jit.trace(model, example).save(str(paths[0]))
    onnx(model, example, paths[1], {"input": {0: "batch"}, "logits": {0: "batch"}})
    if isinstance(getattr(model, "stem", None), R2Plus1dStem):
        paths.append(path.with_name(f"{path.stem}-2d.onnx"))
        onnx(PlaneConvolutions(model), example, paths[2], {})
    return paths


def onnx(model, example, path, axes):
    torch.onnx.export(model, example, str(path), opset_version=OPSET, input_names=["input"], output_names=["logits"],
                      dynamic_axes=axes)


class PlaneConvolutions(nn.Module):
    """torchvision's R(2+1)D with 2-D convolutions alone, which engines have tuned most: a spatial one over N*T frames,
    a temporal one with a (3, 1) kernel over N C T (H*W). Values between them are N C T (H*W), so that an engine can fuse
    the sum and the ReLU of a block into its last convolution."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        n, c, t, h, w = x.shape
        spatial, norm, _, temporal, last_norm, _ = self.model.stem
        x, plane = self.factored(spatial, norm, temporal, last_norm, x.reshape(n, c, t, h * w), (h, w))
        x = functional.relu(x)
        for layer in (self.model.layer1, self.model.layer2, self.model.layer3, self.model.layer4):
            for block in layer:
                x, plane = self.block(block, x, plane)
        return self.model.fc(x.mean((2, 3)))

    def block(self, block, x, plane):
        (first, first_norm, _), (second, second_norm) = block.conv1, block.conv2
        y, half = self.factored(first[0], first[1], first[3], first_norm, x, plane)
        y, half = self.factored(second[0], second[1], second[3], second_norm, functional.relu(y), half)
        if block.downsample is not None:
            x = self.shortcut(*block.downsample, x, plane)
        return functional.relu(y + x), half

    @staticmethod
    def factored(spatial, norm, temporal, last_norm, x, plane):
        n, c, t, _ = x.shape
        spatial, temporal = fuse_conv_bn_eval(spatial, norm), fuse_conv_bn_eval(temporal, last_norm)
        y = functional.conv2d(x.transpose(1, 2).reshape(n * t, c, *plane), spatial.weight[:, :, 0], spatial.bias,
                              spatial.stride[1:], spatial.padding[1:])
        _, m, h, w = y.shape
        y = functional.relu(y).reshape(n, t, m, h * w).transpose(1, 2)
        return functional.conv2d(y, temporal.weight[..., 0], temporal.bias, (temporal.stride[0], 1),
                                 (temporal.padding[0], 0)), (h, w)

    @staticmethod
    def shortcut(conv, norm, x, plane):
        n, c, t, _ = x.shape
        conv = fuse_conv_bn_eval(conv, norm)
        st, sh, sw = conv.stride
        x = x.reshape(n, c, t, *plane)[:, :, ::st, ::sh, ::sw]
        return functional.conv2d(x.reshape(n, c, x.shape[2], -1), conv.weight[..., 0], conv.bias)
