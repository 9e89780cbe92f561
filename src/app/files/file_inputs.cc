#include "file_inputs.h"

#include <algorithm>

#include "ntm/flow/flow_merge.h"

namespace ntm {
namespace {

// Of the interfaces without a name, and of all where there is only one name.
constexpr char kFile[] = "file";
constexpr size_t kNoNames = 1;  // the input without a name
// Each has counters of its own. Interfaces beyond these count as "file".
constexpr size_t kMostInputs = 4096;

CaptureCounters CountersOf(const std::string& name,
                           const Pipeline::InputCounts& counts) {
  CaptureCounters counters;
  counters.interface = name;
  counters.up = true;
  counters.packets = counts.packets;
  counters.bytes = counts.bytes;
  counters.wire_bytes = counts.wire_bytes;
  counters.classes = counts.classes;
  return counters;
}

}  // namespace

FileInputs::FileInputs(Pipeline* pipeline, bool by_interface)
    : pipeline_(pipeline), by_interface_(by_interface) {
  Add(kFile);
}

void FileInputs::BeginFile(const std::vector<std::string>* names) {
  names_ = names;
  of_interface_.clear();
}

Pipeline::Input* FileInputs::InputOf(uint16_t interface) noexcept {
  if (interface >= of_interface_.size()) {
    of_interface_.resize(names_->size(), nullptr);
  }
  Pipeline::Input*& input = of_interface_[interface];
  if (input == nullptr) {
    const std::string& name = (*names_)[interface];
    const auto same =
        std::find_if(inputs_.begin() + kNoNames, inputs_.end(),
                     [&](const Named& named) { return named.name == name; });
    input = same != inputs_.end() ? same->input.get() : Add(name);
  }
  return input;
}

Pipeline::Input* FileInputs::Add(const std::string& name) {
  if (inputs_.size() >= kMostInputs) return inputs_.front().input.get();
  const auto number = static_cast<uint16_t>(inputs_.size() + 1);
  inputs_.push_back(
      {name, std::make_unique<Pipeline::Input>(pipeline_, number)});
  return inputs_.back().input.get();
}

uint64_t FileInputs::packets() const noexcept {
  uint64_t packets = 0;
  for (const Named& named : inputs_) packets += named.input->counts().packets;
  return packets;
}

uint64_t FileInputs::bytes() const noexcept {
  uint64_t bytes = 0;
  for (const Named& named : inputs_) bytes += named.input->counts().bytes;
  return bytes;
}

int64_t FileInputs::last_frame_ns() const noexcept {
  if (inputs_.size() == kNoNames) {
    return inputs_.front().input->counts().last_frame_ns;
  }
  int64_t last_ns = 0;
  for (const Named& named : inputs_) {
    last_ns = std::max(last_ns, named.input->counts().last_frame_ns);
  }
  return last_ns;
}

void FileInputs::AddTo(Snapshot* snapshot) const {
  snapshot->time_ns = last_frame_ns();
  if (inputs_.size() <= kNoNames + 1) {
    AddOneTo(snapshot);
  } else {
    AddEachTo(snapshot);
  }
}

void FileInputs::AddOneTo(Snapshot* snapshot) const {
  Pipeline::InputCounts sum;
  for (const Named& named : inputs_) sum += named.input->counts();
  snapshot->captures.push_back(CountersOf(kFile, sum));
  if (inputs_.size() == kNoNames) return;
  for (FlowExtras& extras : snapshot->extras) {
    extras.interface = std::min<uint16_t>(extras.interface, 1);
  }
  MergeFlows(0, &snapshot->flows, &snapshot->extras);
}

void FileInputs::AddEachTo(Snapshot* snapshot) const {
  const bool all_have_names = inputs_.front().input->counts().packets == 0;
  for (const Named& named : inputs_) {
    if (all_have_names && &named == &inputs_.front()) continue;
    snapshot->captures.push_back(CountersOf(named.name, named.input->counts()));
  }
  if (!all_have_names) return;
  for (FlowExtras& extras : snapshot->extras) {
    if (extras.interface > 0) --extras.interface;
  }
}

}  // namespace ntm
