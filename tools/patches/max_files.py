"""What lies in max_patches/: three patches for Max, a device for Live; and pictures of two of them."""

from tools.patches import live_device, max_desk, max_parts
from tools.patches.max_picture import picture


def files() -> dict[str, bytes]:
    """The patches, by their places in the checkout."""
    patches = {
        "emo_osc": max_desk.build(),
        "emo_pad": max_parts.build_pad(),
        "emo_notes": max_parts.build_notes(),
    }
    written = {f"max_patches/{name}.maxpat": patch.text().encode() for name, patch in patches.items()}
    device = live_device.build()
    pictures = {"max_desk": patches["emo_osc"], "live_device": device}
    drawn = {f"docs/images/{name}.svg": picture(patch).encode() for name, patch in pictures.items()}
    return written | drawn | {"max_patches/emo_osc.amxd": live_device.device(device)}
