"""Which class a sound may be of, by its character: a normal distribution of features for each class, fitted to
simulated sounds.

The table is printed by `benchmarks/sound_labels.py --fit`, which also measures on other seeds how true the
probabilities are. Muzzle blasts and impacts sound much alike far away, and the probabilities say so. Nothing here has
been fitted to real sounds: the share `UNLIKE` goes to `other`, more of it the less a sound resembles any class.
"""

import numpy as np

from truceline.model.observation import OTHER, Labels
from truceline.sensors.acoustic.character import Character
from truceline.sensors.contract import Floats

CLASSES = ("outgoing", "impact", "projectile", "burst", "thunder")
UNLIKE = 0.05
WIDER = 1.15  # the fitted spread, widened: held-out sounds are further out
MODELS: dict[str, tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]] = {
    "outgoing": (
        (-0.404, 4.118, 4.325, 0.275, 0.111, 1.372),
        (
            (1.5163, 0.3782, 0.3938, 0.0373, 0.0837, -0.2851),
            (0.3782, 0.1495, 0.1354, 0.0098, 0.0228, -0.0956),
            (0.3938, 0.1354, 0.138, 0.011, 0.0238, -0.0983),
            (0.0373, 0.0098, 0.011, 0.0066, 0.0079, -0.0152),
            (0.0837, 0.0228, 0.0238, 0.0079, 0.0841, -0.0304),
            (-0.2851, -0.0956, -0.0983, -0.0152, -0.0304, 0.1128),
        ),
    ),
    "impact": (
        (-0.594, 3.901, 4.201, 0.267, 0.116, 1.438),
        (
            (1.4949, 0.4583, 0.4378, 0.0429, 0.0829, -0.2816),
            (0.4583, 0.2062, 0.1802, 0.0186, 0.0289, -0.1188),
            (0.4378, 0.1802, 0.1723, 0.0163, 0.0275, -0.1141),
            (0.0429, 0.0186, 0.0163, 0.0091, 0.0086, -0.0167),
            (0.0829, 0.0289, 0.0275, 0.0086, 0.0887, -0.0354),
            (-0.2816, -0.1188, -0.1141, -0.0167, -0.0354, 0.1203),
        ),
    ),
    "projectile": (
        (0.08, 4.919, 4.73, 0.644, 0.112, 1.196),
        (
            (1.5206, -0.1109, 0.1247, -0.0498, 0.0927, -0.2579),
            (-0.1109, 0.0553, 0.005, -0.0061, -0.0143, 0.0215),
            (0.1247, 0.005, 0.0215, -0.0133, 0.0083, -0.0305),
            (-0.0498, -0.0061, -0.0133, 0.0635, -0.0068, 0.0185),
            (0.0927, -0.0143, 0.0083, -0.0068, 0.091, -0.0341),
            (-0.2579, 0.0215, -0.0305, 0.0185, -0.0341, 0.0999),
        ),
    ),
    "burst": (
        (0.007, 4.878, 4.741, 0.224, 1.979, 1.1),
        (
            (0.4839, -0.0269, 0.0227, 0.0172, 0.0224, -0.1207),
            (-0.0269, 0.0238, 0.0065, -0.0036, 0.0006, 0.008),
            (0.0227, 0.0065, 0.0059, 0.0002, -0.009, -0.009),
            (0.0172, -0.0036, 0.0002, 0.0058, 0.0023, -0.0094),
            (0.0224, 0.0006, -0.009, 0.0023, 0.2832, 0.009),
            (-0.1207, 0.008, -0.009, -0.0094, 0.009, 0.0827),
        ),
    ),
    "thunder": (
        (0.786, 3.962, 4.132, 0.547, 1.417, 1.5),
        (
            (0.2415, 0.0334, 0.0422, 0.0015, 0.0994, -0.0115),
            (0.0334, 0.0629, 0.068, 0.0044, -0.0178, -0.0621),
            (0.0422, 0.068, 0.0903, 0.0027, -0.0203, -0.0875),
            (0.0015, 0.0044, 0.0027, 0.1105, 0.0063, -0.0043),
            (0.0994, -0.0178, -0.0203, 0.0063, 0.6095, -0.052),
            (-0.0115, -0.0621, -0.0875, -0.0043, -0.052, 0.1258),
        ),
    ),
}  # fmt: skip


def features(sound: Character) -> Floats:
    """The character as numbers that are spread nearly normally."""
    return np.array(
        [
            np.log(sound.duration_s), np.log(sound.centre_hz), np.log(sound.width_hz), sound.swing,
            np.log(sound.pulses), np.log(sound.snr) / 3.0,
        ]
    )  # fmt: skip


def labels_of_sound(sound: Character) -> Labels:
    """Classes and their probabilities, summing to one, the classes taken to be equally likely beforehand."""
    told = features(sound)
    logs = []
    for kind in CLASSES:
        mean, cov = (np.array(part) for part in MODELS[kind])
        spread = WIDER**2 * cov + 1e-3 * np.eye(len(told))
        away = told - mean
        logs.append(-0.5 * float(away @ np.linalg.solve(spread, away)) - 0.5 * float(np.linalg.slogdet(spread)[1]))
    flat = -0.5 * len(told) * 9.0  # three sigma off in every feature: as unlike as any class's own outliers
    shares = np.exp(np.array([*logs, np.log(UNLIKE) + flat]) - max(*logs, flat))
    shares = shares / shares.sum()
    other = UNLIKE + (1.0 - UNLIKE) * shares[-1]
    scaled = shares[:-1] * (1.0 - other) / max(shares[:-1].sum(), 1e-300)
    told_of = [(kind, round(float(share), 4)) for kind, share in zip(CLASSES, scaled, strict=True)]
    kept = [(kind, share) for kind, share in told_of if share >= 0.005]
    return tuple(sorted([*kept, (OTHER, round(1.0 - sum(share for _, share in kept), 4))]))
