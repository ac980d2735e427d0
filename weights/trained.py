"""What the trained networks that come with Lanewise answer in PyTorch: to an input by formula, and to the samples."""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageSequence

import seeded
import train_characters
import train_motion

FOLDER = Path(__file__).parent
NETWORKS = {"motion": train_motion.network, "characters": train_characters.network}
SAMPLES = {
    "motion": ["pan-right.gif", "zoom-in.gif", "static-with-walker.gif", "roll-clockwise"],
    "characters": ["character-R.png", "character-7.png", "character-g.png"],
}


def load(path):
    """The tensors and the metadata of a safetensors file of our own."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    types = {"F32": np.float32, "F16": np.float16}
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = np.frombuffer(data[begin:end], types[entry["dtype"]]).astype(np.float32)
        tensors[name] = torch.from_numpy(values).reshape(entry["shape"])
    return tensors, metadata


def frames(path):
    """A picture or clip as Pillow decodes it."""
    if path.is_dir():
        return [Image.open(frame).convert("RGB") for frame in sorted(path.iterdir())]
    with Image.open(path) as image:
        return [frame.convert("RGB") for frame in ImageSequence.Iterator(image)]


def prepared(path, steps):
    """The network's input for one file, 1 x 3 x T x H x W or 1 x 3 x H x W: every stride-th frame of the middle, resized."""
    found = frames(path)
    start = (len(found) - ((steps["frames"] - 1) * steps["stride"] + 1)) // 2
    taken = found[start::steps["stride"]][:steps["frames"]]
    size = (steps["width"], steps["height"])
    pixels = np.stack([np.asarray(frame.resize(size, Image.BILINEAR)) for frame in taken])
    clip = torch.from_numpy(pixels).permute(3, 0, 1, 2).float() / 255
    mean, std = (torch.tensor(steps[name])[:, None, None, None] for name in ("mean", "std"))
    clip = ((clip - mean) / std)[None]
    return clip if steps["frames"] > 1 else clip[:, :, 0]


def reference(case):
    tensors, metadata = load(FOLDER / f"{case}.safetensors")
    steps, labels = json.loads(metadata["lanewise.preprocessing"]), json.loads(metadata["lanewise.labels"])
    model = NETWORKS[case]()
    missing = model.load_state_dict(tensors, strict=False)
    if missing.unexpected_keys or any(not name.endswith("num_batches_tracked") for name in missing.missing_keys):
        raise SystemExit(f"{case}: {missing}")
    model = model.double().eval()
    extents = [steps["frames"]] * (steps["frames"] > 1) + [steps["height"], steps["width"]]
    inputs = {"input": seeded.input_tensor([1, 3, *extents])}
    inputs |= {name: prepared(FOLDER / "samples" / name, steps) for name in SAMPLES[case]}
    answers = []
    with torch.inference_mode():
        for name, value in inputs.items():
            logits = model(value.double())[0]
            answers.append({"input": name, "maxAbs": logits.abs().max().item(), "best": labels[logits.argmax()],
                            "float64": logits.tolist()})
    return {"answers": answers}
