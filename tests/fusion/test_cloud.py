"""A cloud of points that stands for a normal distribution, and that has no side."""

import numpy as np
import pytest

from truceline.fusion.cloud import normal_cloud, quantiles, scrambled
from truceline.fusion.robust import union_radius

POINTS = 192


def rows(points: np.ndarray) -> set[tuple[float, ...]]:
    return {tuple(row) for row in np.round(points, 9).tolist()}


@pytest.mark.parametrize("flip", [(-1.0, 1.0), (1.0, -1.0)])
def test_its_mirror_image_is_itself(flip: tuple[float, float]) -> None:
    cloud = normal_cloud(POINTS)
    assert rows(cloud * flip) == rows(cloud)


@pytest.mark.parametrize("flip", [(-1.0, 1.0), (1.0, -1.0)])
def test_sums_of_two_clouds_have_no_side_either(flip: tuple[float, float]) -> None:
    both = normal_cloud(POINTS) * (3.0, 1.0) + normal_cloud(POINTS)[scrambled(POINTS)]
    assert rows(both * flip) == rows(both)


def test_it_has_the_moments_and_radii_of_a_standard_normal() -> None:
    cloud = normal_cloud(POINTS)
    assert np.allclose(cloud.mean(axis=0), 0.0, atol=1e-12)
    assert np.allclose(np.cov(cloud.T), np.eye(2), atol=0.02)
    held = quantiles((cloud**2).sum(axis=1)[None], np.full((1, POINTS), 1 / POINTS), (0.5, 0.9, 0.95))[0]
    assert held == pytest.approx([1.386, 4.605, 5.991], rel=0.03)


def test_two_clouds_are_independent_where_they_are_added_up() -> None:
    one, other = normal_cloud(POINTS), normal_cloud(POINTS)[scrambled(POINTS)]
    assert sorted(scrambled(POINTS).tolist()) == list(range(POINTS))
    assert np.abs(one.T @ other / POINTS).max() < 0.02
    assert np.allclose(np.cov((one + other).T), 2 * np.eye(2), atol=0.06)


def test_quantiles_follow_the_weights() -> None:
    square = np.array([[4.0, 1.0, 9.0]])
    assert quantiles(square, np.array([[0.0, 1.0, 0.0]]), (0.5,))[0, 0] == pytest.approx(1.0)
    assert quantiles(square, np.array([[0.5, 0.5, 0.0]]), (0.5,))[0, 0] == pytest.approx(2.5), "halfway between the two"


def test_a_union_of_one_ellipse_has_its_own_radius_and_of_two_far_apart_too() -> None:
    mean = np.array([[[0.0, 0.0], [1e6, 0.0]]])
    covariance = np.tile(np.diag([400.0, 100.0]), (1, 2, 1, 1))
    alone = union_radius(np.array([[1.0, 0.0]]), mean, covariance)[0]
    shared = union_radius(np.array([[0.5, 0.5]]), mean, covariance)[0]
    assert alone == pytest.approx(4.605, rel=0.05)
    assert shared == pytest.approx(4.605, rel=0.05)
