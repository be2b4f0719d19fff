#!/usr/bin/env bash
# Puts each defect of this folder into a copy of the tree and storms it: the
# invariant that its file names has to fall within 200 seeds. With names of
# patches as arguments, only these.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(git -C "$here" rev-parse --show-toplevel)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
missed=0
for patch in "${@:-$here/*.patch}"; do
  for file in $patch; do
    invariant="$(sed -n '1s/^Invariant: //p' "$file")"
    rm -rf "$scratch/tree" && mkdir "$scratch/tree"
    git -C "$root" ls-files -z | (cd "$root" && tar --null -cf - -T -) | tar -xf - -C "$scratch/tree"
    if ! patch -s -p1 -d "$scratch/tree" <"$file"; then
      echo "$(basename "$file"): does not fit the tree any more"
      missed=1
      continue
    fi
    if out="$(cd "$scratch/tree" && go test ./cmd/pchatops -run '^TestStorm$' -count 1 -timeout 30m -v \
      -storm.first "${FIRST:-1}" -storm.seeds 200 -storm.until "$invariant" 2>&1)"; then
      echo "$(basename "$file"): $invariant: $(grep -o 'found by seed.*' <<<"$out")"
    else
      echo "$(basename "$file"): $invariant: NOT FOUND"
      tail -n 5 <<<"$out"
      missed=1
    fi
  done
done
exit $missed
