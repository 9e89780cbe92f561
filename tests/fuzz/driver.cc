// Replaces libFuzzer if the compiler has none: runs the target on each file of
// the command line, then on damaged copies of them for the given time.
//
//   driver SECONDS FILE…
//
// An input that crashes is left as `finding` in the working directory.
#include <sanitizer/common_interface_defs.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz.h"

namespace {

using Bytes = std::vector<uint8_t>;

const Bytes* current = nullptr;

void KeepFinding() {
  if (current == nullptr) return;
  std::FILE* file = std::fopen("finding", "wb");
  if (file == nullptr) return;
  std::fwrite(current->data(), 1, current->size(), file);
  std::fclose(file);
  std::fputs("the input is kept in ./finding\n", stderr);
}

void Run(const Bytes& input) {
  // A heap block of exactly this size, so that ASan detects any access after
  // it.
  const Bytes exact(input);
  current = &exact;
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  current = nullptr;
}

Bytes Damaged(Bytes bytes, const Bytes& other, std::mt19937& random) {
  const auto below = [&random](size_t limit) {
    return limit == 0 ? 0 : random() % limit;
  };
  for (size_t i = 1 + below(4); i > 0; --i) {
    switch (below(5)) {
      case 0:
        if (!bytes.empty()) {
          uint8_t& byte = bytes[below(bytes.size())];
          byte = static_cast<uint8_t>(byte ^ 1U << below(8));
        }
        break;
      case 1:
        bytes.resize(below(bytes.size() + 1));
        break;
      case 2:
        bytes.insert(bytes.begin() + static_cast<long>(below(bytes.size() + 1)),
                     static_cast<uint8_t>(random()));
        break;
      case 3:
        if (!bytes.empty()) {
          bytes[below(bytes.size())] = static_cast<uint8_t>(random());
        }
        break;
      default:
        bytes.insert(bytes.end(),
                     other.begin() + static_cast<long>(below(other.size() + 1)),
                     other.end());
    }
    if (bytes.size() > 65536) bytes.resize(65536);
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  __sanitizer_set_death_callback(&KeepFinding);
  std::signal(SIGABRT, [](int) { KeepFinding(); });
  std::vector<Bytes> corpus = {{}};
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file),
                        std::istreambuf_iterator<char>());
  }
  for (const Bytes& input : corpus) Run(input);
  std::mt19937 random(1);
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::seconds(std::atoi(argv[1]));
  uint64_t runs = 0;
  while (std::chrono::steady_clock::now() < end) {
    const Bytes& base = corpus[random() % corpus.size()];
    Run(Damaged(base, corpus[random() % corpus.size()], random));
    ++runs;
  }
  std::printf("%llu runs\n", static_cast<unsigned long long>(runs));
  return 0;
}
