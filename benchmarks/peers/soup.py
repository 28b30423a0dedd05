"""Stone Soup's global nearest neighbour with a k-d tree on scans: JSON in, JSON out.

In:  {"scans": [[[x, y], …], …], "start": [[x, vx, y, vy], …], "sigma_m": s, "density": per m²}
Out: {"tracks": [[[x, y], …] by track], …] by scan, "cpu_s": s}
The tracks are started where the targets truly are, which spares it their birth.
"""

import datetime
import json
import sys
import time

import numpy as np
from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.measures import Mahalanobis
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track
from stonesoup.updater.kalman import KalmanUpdater

given = json.load(sys.stdin)
start = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
moves = CombinedLinearGaussianTransitionModel([ConstantVelocity(1.0), ConstantVelocity(1.0)])
sees = LinearGaussian(4, (0, 2), np.diag([given["sigma_m"] ** 2] * 2))
predictor, updater = KalmanPredictor(moves), KalmanUpdater(sees)
hypothesiser = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=3.0)
associator = DetectionKDTreeGNN2D(hypothesiser, predictor, updater, number_of_neighbours=5, max_distance=200.0)
tracks = [
    Track([GaussianState(np.array(one).reshape(-1, 1), np.diag([25, 4, 25, 4.0]), timestamp=start)])
    for one in given["start"]
]
scans = []
for second, places in enumerate(given["scans"]):
    when = start + datetime.timedelta(seconds=second)
    scans.append(
        (when, {Detection(np.array(one).reshape(-1, 1), timestamp=when, measurement_model=sees) for one in places})
    )
held = []
began = time.process_time()
for when, detections in scans[1:]:
    hypotheses = associator.associate(set(tracks), detections, when)
    for track in tracks:
        found = hypotheses[track]
        track.append(updater.update(found) if found else found.prediction)
    held.append([[float(track.state_vector[0]), float(track.state_vector[2])] for track in tracks])
json.dump({"tracks": held, "cpu_s": time.process_time() - began}, sys.stdout)
