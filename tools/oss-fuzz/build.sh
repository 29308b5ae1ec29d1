#!/usr/bin/env bash
# What OSS-Fuzz and ClusterFuzzLite run in their image: builds the fuzz targets and their seeds.
#
# usage: tools/oss-fuzz/build.sh
#
# They set CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, SRC, OUT and WORK. Without them it is clang with
# libFuzzer and AddressSanitizer, into build/oss-fuzz/out. For AFL++:
#   CC=afl-clang-fast CXX=afl-clang-fast++ CFLAGS=-O2 CXXFLAGS=-O2 LIB_FUZZING_ENGINE=/path/to/libAFLDriver.a
#
# Exit status: 0 all built, else that of what failed.
set -euo pipefail

# In the images this script is copied away from the repository, into which they change before.
root=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")
[[ -f $root/tools/oss-fuzz/build.sh ]] || root=$PWD

export CC=${CC:-clang} CXX=${CXX:-clang++}
flags='-O1 -gline-tables-only -fno-omit-frame-pointer -fsanitize=address,fuzzer-no-link'
export CFLAGS=${CFLAGS-$flags} CXXFLAGS=${CXXFLAGS-$flags}
engine=${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}
work=${WORK:-$root/build/oss-fuzz/work}
out=${OUT:-$root/build/oss-fuzz/out}
mkdir -p "$work" "$out"

# A C++ library has to be compiled against the same standard library as we are: the images have its sources.
prefix=()
if [[ -n ${SRC:-} && -d $SRC/yaml-cpp ]]; then
  cmake -S "$SRC/yaml-cpp" -B "$work/yaml-cpp" -DCMAKE_BUILD_TYPE=Release -DCMAKE_POLICY_VERSION_MINIMUM=3.5 \
    -DYAML_CPP_BUILD_TESTS=OFF -DYAML_CPP_BUILD_TOOLS=OFF -DCMAKE_INSTALL_PREFIX="$work/installed"
  cmake --build "$work/yaml-cpp" --target install -j "$(nproc)"
  prefix=(-DCMAKE_PREFIX_PATH="$work/installed")
fi

# shellcheck disable=SC2016  # $ORIGIN is the dynamic linker's
# Shared libraries go along in $OUT/lib: the machine that fuzzes has none of them.
cmake -S "$root" -B "$work/cmap" -DCMAKE_BUILD_TYPE=Fuzzing -DCMAKE_UNITY_BUILD=ON \
  -DCMAP_BUILD_FUZZERS=ON -DCMAP_FUZZING_ENGINE="$engine" -DCMAP_WERROR=OFF -DCMAP_PRECOMPILE=OFF \
  -DCMAP_BUILD_TESTS=OFF -DCMAP_BUILD_TOOLS=OFF -DCMAP_BUILD_EXAMPLES=OFF -DCMAP_BUILD_BENCHMARKS=OFF \
  -DCMAP_INSTALL=OFF -DCMAKE_BUILD_RPATH='$ORIGIN/lib' -DCMAKE_BUILD_WITH_INSTALL_RPATH=OFF \
  -DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags "${prefix[@]}"
cmake --build "$work/cmap" -j "$(nproc)" --target cmap_pool_fuzzer cmap_wire_fuzzer cmap_pool_seeds cmap_wire_seeds

for target in pool wire; do
  fuzzer=cmap_${target}_fuzzer
  program=$(find "$work/cmap" -name "$fuzzer" -type f -perm -u+x)
  cp "$program" "$out/"
  seeds=$work/${target}_seeds
  "$work/cmap/fuzz/targets/cmap_${target}_seeds" "$seeds"
  (cd "$seeds" && cmake -E tar cf "$out/${fuzzer}_seed_corpus.zip" --format=zip -- *)
  mkdir -p "$out/lib"
  ldd "$program" | awk '$3 ~ /^\// {print $3}' |
    grep -vE '/(libc|libm|libstdc\+\+|libgcc_s|libpthread|libdl|librt)\.so' |
    while read -r library; do cp -L "$library" "$out/lib/"; done
done
