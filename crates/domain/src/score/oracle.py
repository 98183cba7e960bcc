#!/usr/bin/env python3
"""Writes oracle.csv: CVSS vectors drawn by this script, scored by an independent library.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install cvss==3.6
    /tmp/oracle/bin/python oracle.py > oracle.csv
    /tmp/oracle/bin/python oracle.py 100000 7    # so many vectors, another seed: for a long look

The same arguments always give the same file. A "-" stands where the vector defines no metric
of the group, so that there is no such score.
"""

import random
import sys

from cvss import CVSS2, CVSS3, CVSS4

REQUIREMENT = "X H M L"
MODIFIED = "X H L N"

V2 = {
    "base": {"AV": "L A N", "AC": "H M L", "Au": "M S N", "C": "N P C", "I": "N P C", "A": "N P C"},
    "temporal": {"E": "U POC F H ND", "RL": "OF TF W U ND", "RC": "UC UR C ND"},
    "environmental": {
        "CDP": "N L LM MH H ND", "TD": "N L M H ND",
        "CR": "L M H ND", "IR": "L M H ND", "AR": "L M H ND",
    },
}
V3 = {
    "base": {
        "AV": "N A L P", "AC": "L H", "PR": "N L H", "UI": "N R", "S": "U C",
        "C": "H L N", "I": "H L N", "A": "H L N",
    },
    "temporal": {"E": "X H F P U", "RL": "X U W T O", "RC": "X C R U"},
    "environmental": {
        "CR": REQUIREMENT, "IR": REQUIREMENT, "AR": REQUIREMENT,
        "MAV": "X N A L P", "MAC": "X L H", "MPR": "X N L H", "MUI": "X N R", "MS": "X U C",
        "MC": MODIFIED, "MI": MODIFIED, "MA": MODIFIED,
    },
}
V4 = {
    "base": {
        "AV": "N A L P", "AC": "L H", "AT": "N P", "PR": "N L H", "UI": "N P A",
        "VC": "H L N", "VI": "H L N", "VA": "H L N", "SC": "H L N", "SI": "H L N", "SA": "H L N",
    },
    "temporal": {"E": "X A P U"},
    "environmental": {
        "CR": REQUIREMENT, "IR": REQUIREMENT, "AR": REQUIREMENT,
        "MAV": "X N A L P", "MAC": "X L H", "MAT": "X N P", "MPR": "X N L H", "MUI": "X N P A",
        "MVC": MODIFIED, "MVI": MODIFIED, "MVA": MODIFIED, "MSC": MODIFIED,
        "MSI": "X S H L N", "MSA": "X S H L N",
    },
    "supplemental": {
        "S": "X N P", "AU": "X N Y", "R": "X A U I", "V": "X D C", "RE": "X L M H",
        "U": "X Clear Green Amber Red",
    },
}
VERSIONS = [
    ("", V2, CVSS2, 32),
    ("CVSS:3.0/", V3, CVSS3, 18),
    ("CVSS:3.1/", V3, CVSS3, 24),
    ("CVSS:4.0/", V4, CVSS4, 26),
]
# Where a calculator with binary fractions, or with the wrong rounding, goes wrong.
KNOWN_TRAPS = [
    "AV:L/AC:M/Au:S/C:N/I:P/A:C/E:U/RL:OF/RC:UR/CDP:N/TD:L/CR:H/IR:H/AR:H",
    "AV:N/AC:M/Au:M/C:C/I:N/A:P/RL:W/RC:UC/CDP:LM/TD:M/CR:L/IR:L/AR:L",
    "AV:N/AC:L/Au:N/C:C/I:C/A:C/CDP:H/TD:N/CR:H/IR:H/AR:H",
    "CVSS:3.0/AV:P/AC:H/PR:L/UI:N/S:U/C:N/I:H/A:H/RC:U/CR:H/IR:L/MAV:P/MPR:N",
]


def draw(rng, groups, fixed=()):
    """A vector; each group but the first takes part by chance, and each of its metrics too."""
    fixed = dict(fixed)
    chosen = {}
    for group, metrics in groups.items():
        share = 1.0 if group == "base" else rng.choice([0.0, 0.3, 0.7, 1.0])
        for name, values in metrics.items():
            drawn, value = rng.random(), rng.choice(values.split())
            if name in fixed:
                chosen[name] = fixed[name]
            elif drawn < share:
                chosen[name] = value
    return chosen


def write(prefix, chosen):
    return prefix + "/".join(f"{name}:{value}" for name, value in chosen.items())


def scored(prefix, groups, calculator, vector):
    chosen = dict(part.split(":") for part in vector.removeprefix(prefix).split("/"))

    def defines(group):
        return any(chosen.get(name, "X") not in ("X", "ND") for name in groups[group])

    if calculator is CVSS4:
        def only(*wanted):
            names = [name for group in wanted for name in groups[group]]
            return CVSS4(write(prefix, {n: chosen[n] for n in names if n in chosen})).base_score
        base = only("base")
        temporal = only("base", "temporal")
        environmental = CVSS4(vector).base_score
    else:
        base, temporal, environmental = calculator(vector).scores()
    return [
        f"{base:.1f}",
        f"{temporal:.1f}" if defines("temporal") else "-",
        f"{environmental:.1f}" if defines("environmental") else "-",
    ]


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1700
    rng = random.Random(sys.argv[2] if len(sys.argv) > 2 else "ombud")
    print("# CVSS vectors drawn at random (every value of every metric at least once), with the")
    print("# scores that the PyPI package cvss 3.6 gives them. Made by oracle.py beside this file;")
    print("# do not edit. vector,base,temporal or threat,environmental; - where there is none.")
    for prefix, groups, calculator, percent in VERSIONS:
        vectors = [v for v in KNOWN_TRAPS if v.startswith(prefix or "AV")]
        for metrics in groups.values():
            for name, values in metrics.items():
                for value in values.split():
                    vectors.append(write(prefix, draw(rng, groups, [(name, value)])))
        while len(vectors) < count * percent // 100:
            vectors.append(write(prefix, draw(rng, groups)))
        for vector in dict.fromkeys(vectors):
            print(",".join([vector, *scored(prefix, groups, calculator, vector)]))


main()
