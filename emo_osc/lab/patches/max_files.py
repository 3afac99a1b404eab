"""What lies in max_patches/: three patches for Max and a device for Live."""

from emo_osc.lab.patches import live_device, max_desk, max_parts


def files() -> dict[str, bytes]:
    """The patches, by their places in the checkout."""
    patches = {
        "emo_osc": max_desk.build(),
        "emo_pad": max_parts.build_pad(),
        "emo_notes": max_parts.build_notes(),
    }
    written = {f"max_patches/{name}.maxpat": patch.text().encode() for name, patch in patches.items()}
    return written | {"max_patches/emo_osc.amxd": live_device.device(live_device.build())}
