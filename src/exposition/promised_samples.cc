#include "promised_samples.h"

#include <utility>

#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr size_t kPartBytes = size_t{64} * 1024;

}  // namespace

size_t BytesOf(SampleStream* samples) {
  size_t bytes = 0;
  std::string part;
  part.reserve(kPartBytes + kPartBytes / 4);
  bool more = true;
  while (more) {
    part.clear();
    more = samples->Append(kPartBytes, &part);
    bytes += part.size();
  }
  return bytes;
}

PromisedSamples::PromisedSamples(std::unique_ptr<SampleStream> samples,
                                 size_t bytes)
    : samples_(std::move(samples)), left_bytes_(bytes) {}

bool PromisedSamples::Append(size_t enough_bytes, std::string* out) {
  const size_t before = out->size();
  const bool more = samples_->Append(enough_bytes, out);
  const size_t appended = out->size() - before;
  if (appended > left_bytes_ || (!more && appended != left_bytes_)) {
    throw Error(
        "samples changed their length between two passes over a snapshot");
  }
  left_bytes_ -= appended;
  return more;
}

}  // namespace ntm
