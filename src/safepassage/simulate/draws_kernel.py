"""Draws that depend on nothing but the seed, the future's number and what is drawn.

``uniforms`` counts instead of remembering: Philox4x64-10 (Salmon, Moraes, Dror and Shaw, Parallel
random numbers: as easy as 1, 2, 3, SC 2011) turns a counter of future, stream and block into four
words. So a future is the same in whatever block, worker or order it is computed.

``quantiles`` turns uniforms into values, by one number for the kind of distribution and a stretch
of parameters for each column.
"""

from __future__ import annotations

import math

import numpy as np

from safepassage.simulate.compiling import entry

__all__ = [
    "CONSTANT",
    "EXPONENTIAL",
    "LOGNORMAL",
    "MIXTURE",
    "STEPS",
    "TRIANGULAR",
    "UNIFORM",
    "correlate",
    "normal_cdf",
    "normal_quantile",
    "quantiles",
    "uniforms",
]

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLY_0 = np.uint64(0xD2E7470EE14C6C93)
_MULTIPLY_1 = np.uint64(0xCA5A826395121157)
_WEYL_0 = np.uint64(0x9E3779B97F4A7C15)
_WEYL_1 = np.uint64(0xBB67AE8584CAA73B)
_DROP = np.uint64(11)
_ULP = 2.0**-53

# Kinds of distributions, and their parameters
CONSTANT = 0  # value
UNIFORM = 1  # low, high
TRIANGULAR = 2  # low, mode, high
LOGNORMAL = 3  # mean and standard deviation of the logarithm
EXPONENTIAL = 4  # mean
STEPS = 5  # n, n values in order, n shares summed up to each (the last is 1)
MIXTURE = 6  # n, n shares, then for each: kind and its three parameters


@entry
def _product(a, b):
    """Return the high and the low 64 bits of a product."""
    a_low, a_high = a & _LOW, a >> _HALF
    b_low, b_high = b & _LOW, b >> _HALF
    low = a_low * b_low
    middle = a_high * b_low + (low >> _HALF)
    other = a_low * b_high + (middle & _LOW)
    return a_high * b_high + (middle >> _HALF) + (other >> _HALF), a * b


@entry
def _words(c0, c1, c2, c3, k0, k1):
    """Return the four words of Philox4x64-10 at a counter."""
    for _ in range(10):
        high0, low0 = _product(_MULTIPLY_0, c0)
        high1, low1 = _product(_MULTIPLY_1, c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 += _WEYL_0
        k1 += _WEYL_1
    return c0, c1, c2, c3


@entry
def _unit(word):
    """Return a number strictly between 0 and 1: the middle of one of 2^53 equal stretches."""
    return (np.float64(word >> _DROP) + 0.5) * _ULP


@entry
def uniforms(seed, first, stream, out):
    """Fill ``out`` [n, m]: row i is of future ``first + i``, whatever m is."""
    zero = np.uint64(0)
    for i in range(out.shape[0]):
        future = np.uint64(first + i)
        for block in range((out.shape[1] + 3) // 4):
            words = _words(np.uint64(block), np.uint64(stream), future, zero, np.uint64(seed), zero)
            for k in range(min(4, out.shape[1] - 4 * block)):
                out[i, 4 * block + k] = _unit(words[k])


@entry
def _triangular(u, low, mode, high):
    if high <= low:
        return low
    cut = (mode - low) / (high - low)
    if u < cut:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


@entry
def _simple(kind, u, a, b, c):
    """Return the quantile of a distribution of three parameters at most."""
    if kind == UNIFORM:
        return a + u * (b - a)
    if kind == TRIANGULAR:
        return _triangular(u, a, b, c)
    if kind == LOGNORMAL:
        return math.exp(a + b * normal_quantile(u))
    if kind == EXPONENTIAL:
        return -a * math.log1p(-u)
    return a


@entry
def _simple_cdf(kind, x, a, b, c):
    if kind == UNIFORM:
        return 1.0 if x >= b else max(0.0, (x - a) / (b - a))
    if kind == TRIANGULAR:
        if x <= a:
            return 0.0 if x < a or a < c else 1.0
        if x >= c:
            return 1.0
        if x < b:
            return (x - a) ** 2 / ((c - a) * (b - a))
        return 1.0 - (c - x) ** 2 / ((c - a) * (c - b))
    if kind == LOGNORMAL:
        return 0.0 if x <= 0.0 else normal_cdf((math.log(x) - a) / b)
    if kind == EXPONENTIAL:
        return 0.0 if x <= 0.0 else -math.expm1(-x / a)
    return 1.0 if x >= a else 0.0


@entry
def _steps(u, par, at):
    n = int(par[at])
    for i in range(n - 1):
        if u < par[at + 1 + n + i]:
            return par[at + 1 + i]
    return par[at + n]


@entry
def _mixture(u, par, at):
    """Return the quantile of a mixture: the least x whose distribution function reaches u."""
    n = int(par[at])
    low, high = math.inf, -math.inf
    for i in range(n):
        p = at + 1 + n + 4 * i
        x = _simple(int(par[p]), u, par[p + 1], par[p + 2], par[p + 3])
        low, high = min(low, x), max(high, x)
    # The quantile lies between the least and the greatest quantile of the parts.
    while high - low > 1e-12 * max(abs(low), abs(high)):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        reached = 0.0
        for i in range(n):
            p = at + 1 + n + 4 * i
            part = _simple_cdf(int(par[p]), middle, par[p + 1], par[p + 2], par[p + 3])
            reached += par[at + 1 + i] * part
        if reached < u:
            low = middle
        else:
            high = middle
    return high


@entry
def quantiles(kinds, at, par, u, out):
    """Fill ``out`` [n, m] with the quantiles at ``u`` [n, m] of m distributions."""
    for j in range(u.shape[1]):
        kind, p = kinds[j], at[j]
        for i in range(u.shape[0]):
            if kind == STEPS:
                out[i, j] = _steps(u[i, j], par, p)
            elif kind == MIXTURE:
                out[i, j] = _mixture(u[i, j], par, p)
            else:
                out[i, j] = _simple(kind, u[i, j], par[p], par[p + 1], par[p + 2])


@entry
def correlate(u, root, out):
    """Fill ``out`` [n, m] with uniforms whose normal scores are correlated (Gaussian copula).

    A column that goes with no other keeps its uniforms, bit for bit.
    """
    m = u.shape[1]
    z = np.empty(m)
    for i in range(u.shape[0]):
        for j in range(m):
            z[j] = normal_quantile(u[i, j])
        for j in range(m):
            if root[j, j] == 1.0:
                out[i, j] = u[i, j]
                continue
            score = 0.0
            for k in range(j + 1):
                score += root[j, k] * z[k]
            out[i, j] = min(max(normal_cdf(score), 2.0**-53), 1.0 - 2.0**-53)


@entry
def normal_cdf(z):
    """Return the share of the standard normal distribution below z."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@entry
def _ratio(x, above, below):
    top, bottom = 0.0, 0.0
    for k in range(above.size - 1, -1, -1):
        top = top * x + above[k]
    for k in range(below.size - 1, -1, -1):
        bottom = bottom * x + below[k]
    return top / bottom


# Wichura, Algorithm AS 241, PPND16: relative accuracy about 1e-16.
_A = np.array(
    [
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ]
)
_B = np.array(
    [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ]
)
_C = np.array(
    [
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ]
)
_D = np.array(
    [
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ]
)
_E = np.array(
    [
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ]
)
_F = np.array(
    [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ]
)


@entry
def normal_quantile(u):
    """Return the z below which a share u of the standard normal distribution lies."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0.180625 - q * q, _A, _B)
    tail = u if q < 0.0 else 1.0 - u
    if tail <= 0.0:
        return -math.inf if q < 0.0 else math.inf
    r = math.sqrt(-math.log(tail))
    z = _ratio(r - 1.6, _C, _D) if r <= 5.0 else _ratio(r - 5.0, _E, _F)
    return -z if q < 0.0 else z
