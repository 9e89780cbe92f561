#include "ntm/savefile/savefile_reader.h"

#include <utility>

#include "block_reader.h"
#include "byte_source.h"
#include "byte_window.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

std::unique_ptr<BlockReader> OpenBlocks(ByteWindow* window,
                                        SavefileNotes* notes) {
  if (auto blocks = OpenPcap(window, notes)) return blocks;
  if (auto blocks = OpenPcapng(window, notes)) return blocks;
  throw FormatError(window->size() == 0
                        ? "it is empty"
                        : "it is neither a pcap nor a pcapng file");
}

}  // namespace

SavefileReader::SavefileReader(InputFile file, InputWaiter* waiter,
                               FileSeries* series)
    : notes_(std::make_unique<SavefileNotes>()) {
  const std::string path = file.path();
  auto source = series == nullptr
                    ? FileSource(std::move(file), waiter)
                    : GrowingSource(std::move(file), waiter, series);
  window_ = std::make_unique<ByteWindow>(Unpacked(std::move(source), path));
  try {
    blocks_ = OpenBlocks(window_.get(), notes_.get());
  } catch (const FormatError& error) {
    throw Error(
        "cannot read " + path + ": " + error.what() +
        "; give a pcap or pcapng file, as tcpdump -w writes it; editcap "
        "converts others");
  }
}

SavefileReader::~SavefileReader() = default;

size_t SavefileReader::Read(Frame* frames, size_t max_frames) {
  try {
    return blocks_->Read(frames, max_frames);
  } catch (const Error&) {
    // What was read of the block in which the data ended.
    notes_->SkipRest(window_.get(), "the data cannot be read on");
    throw;
  }
}

bool SavefileReader::IsAtHand() const noexcept { return blocks_->IsAtHand(); }

int SavefileReader::link_type() const noexcept { return notes_->link_type; }

const std::vector<std::string>& SavefileReader::interface_names()
    const noexcept {
  return notes_->names;
}

uint64_t SavefileReader::skipped_bytes() const noexcept {
  return notes_->skipped_bytes;
}

const std::string& SavefileReader::damage() const noexcept {
  return notes_->damage;
}

}  // namespace ntm
