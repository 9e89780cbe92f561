// Samples of a message, whose length is already written.
//
// Errors   Append() throws ntm::Error if the samples have another length than
//          promised: what follows would be read as part of the message, or this
//          message as the next one. The exposition is lost then.
// Threads  as SampleStream.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "ntm/exposition/exposition.h"

namespace ntm {

// The length of all samples, which are used up. Takes the memory of a part of
// them only.
size_t BytesOf(SampleStream* samples);

class PromisedSamples final : public SampleStream {
 public:
  PromisedSamples(std::unique_ptr<SampleStream> samples, size_t bytes);
  bool Append(size_t enough_bytes, std::string* out) override;

 private:
  std::unique_ptr<SampleStream> samples_;
  size_t left_bytes_;
};

}  // namespace ntm
