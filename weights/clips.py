"""The whole way from a clip on disk to logits, as PyTorch walks it: decode, choose frames, preprocess, r2plus1d_18."""

import hashlib
import subprocess

import numpy as np
import torch
from PIL import Image, ImageSequence
from torchvision.models.video import R2Plus1D_18_Weights
from torchvision.transforms import functional

import networks
import seeded

FRAMES = 16
STRIDE = 2
SPAN = (FRAMES - 1) * STRIDE + 1
RESIZE = (128, 171)
CROP = 112
MEAN = (0.43216, 0.394666, 0.37645)
STD = (0.22803, 0.22145, 0.216989)
SAMPLING = (f"{FRAMES} frames, {STRIDE} apart, from the centre of a clip of count >= {SPAN} frames: "
            f"start = floor((count - {SPAN}) / 2); a shorter clip: frame floor(i * count / {FRAMES})")
CLIPS = {
    "frames-arm_wrestling_demo": "PNG frames in name order",
    "v_CricketShot_g04_c01_rgb.gif": "GIF frames as Pillow composes them, RGB",
    "arm_wrestling_demo.mp4": "ffmpeg -i FILE -f rawvideo -pix_fmt rgb24 -",
}


def frame_indices(count):
    """Which frames of a clip the network sees."""
    if count < SPAN:
        return [i * count // FRAMES for i in range(FRAMES)]
    start = (count - SPAN) // 2
    return list(range(start, start + SPAN, STRIDE))


def decode(path):
    """All frames of a clip: uint8, T x H x W x 3."""
    if path.is_dir():
        return np.stack([np.asarray(Image.open(frame).convert("RGB")) for frame in sorted(path.glob("*.png"))])
    if path.suffix == ".gif":
        with Image.open(path) as image:
            return np.stack([np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)])
    size = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height",
                           "-of", "csv=p=0", path], check=True, capture_output=True, text=True).stdout
    width, height = map(int, size.strip().split(","))
    pixels = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", path,
                             "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(pixels, np.uint8).reshape(-1, height, width, 3)


def preprocess(frames):
    """uint8 T x H x W x 3 to the network's float32 1 x 3 x T x 112 x 112."""
    clip = torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2)
    x = functional.resize(clip, RESIZE, functional.InterpolationMode.BILINEAR, antialias=False)
    x = functional.convert_image_dtype(functional.center_crop(x, [CROP, CROP]), torch.float)
    x = functional.normalize(x, MEAN, STD).permute(1, 0, 2, 3).unsqueeze(0)
    if not torch.equal(x[0], R2Plus1D_18_Weights.KINETICS400_V1.transforms()(clip)):
        raise AssertionError("differs from the transforms torchvision ships with r2plus1d_18")
    return x


def describe(single, double, path):
    """The reference of one clip."""
    frames = decode(path)
    indices = frame_indices(len(frames))
    chosen = np.ascontiguousarray(frames[indices])
    x = preprocess(chosen)
    with torch.inference_mode():
        exact, near = double(x.double())[0], single(x).double()[0]
    largest = exact.abs().max().item()
    return {
        "file": path.name,
        "decoded": CLIPS[path.name],
        "count": len(frames),
        "height": chosen.shape[1],
        "width": chosen.shape[2],
        "frames": indices,
        "framesSha256": hashlib.sha256(chosen.tobytes()).hexdigest(),
        "input": {"shape": list(x.shape), "mean": x.double().mean().item(), "std": x.double().std().item(),
                  "min": x.min().item(), "max": x.max().item(), "first": x.flatten()[:16].tolist()},
        "maxAbs": largest,
        "torchFloat32RelativeError": (near - exact).abs().max().item() / largest,
        "top5": exact.topk(5).indices.tolist(),
        "float64": exact.tolist(),
    }


def reference(media):
    single = seeded.fill(networks.build("r2plus1d_18", {}, 400))
    double = seeded.fill(networks.build("r2plus1d_18", {}, 400)).double()
    return {
        "arch": "r2plus1d_18",
        "sampling": SAMPLING,
        "preprocessing": {"resize": RESIZE, "interpolation": "bilinear", "antialias": False, "crop": [CROP, CROP],
                          "mean": MEAN, "std": STD},
        "clips": [describe(single, double, media / name) for name in CLIPS],
    }
