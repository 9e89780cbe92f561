// Counts the frames of capture files, by the names of their interfaces if the
// label `interface` is chosen.
//
// The label is "file" until a second named interface has had a frame: with one
// name only it would say nothing. What was counted before is renamed as well.
//
// Threads  not synchronised: use it under the pipeline's lock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ntm/capture/frame_source.h"
#include "ntm/capture/pipeline.h"
#include "ntm/flow/snapshot.h"

namespace ntm {

class FileInputs final : public FrameSink {
 public:
  // `pipeline` must outlive it.
  FileInputs(Pipeline* pipeline, bool by_interface);

  // `names` are those of the file that is read from now on. They may grow, and
  // must not be moved before the next file.
  void BeginFile(const std::vector<std::string>* names);

  void OnFrame(const Frame& frame) noexcept override {
    if (frame.interface == 0 || !by_interface_) {
      inputs_.front().input->OnFrame(frame);
    } else {
      InputOf(frame.interface)->OnFrame(frame);
    }
  }

  // Sums of all files.
  uint64_t packets() const noexcept;
  uint64_t bytes() const noexcept;
  int64_t last_frame_ns() const noexcept;

  // Adds the captures, and sets the flows' interfaces to their places in them.
  void AddTo(Snapshot* snapshot) const;

 private:
  struct Named {
    std::string name;
    std::unique_ptr<Pipeline::Input> input;
  };

  Pipeline::Input* InputOf(uint16_t interface) noexcept;
  Pipeline::Input* Add(const std::string& name);
  void AddOneTo(Snapshot* snapshot) const;
  void AddEachTo(Snapshot* snapshot) const;

  // Constant after construction
  Pipeline* pipeline_;
  bool by_interface_;

  std::vector<Named> inputs_;  // the first one is for frames without a name
  const std::vector<std::string>* names_ = nullptr;
  std::vector<Pipeline::Input*> of_interface_;  // in the file; null: not yet
};

}  // namespace ntm
