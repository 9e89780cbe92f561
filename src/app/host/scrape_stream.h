// One scrape: writes the exposition of a snapshot in blocks, while the client
// receives it.
//
// Shape    the constructor lets all modules write their families; the samples
//          of the large ones are streams, which follow in their places, block
//          by block. ntm's own families come last, when all others are written.
// Units    a block has at least kBlockBytes, except the last, and at most a
//          line more.
// Memory   the snapshot, the text of the small families, and one block; a block
//          is so large that malloc returns it to the kernel at once.
// Threads  one call at a time, on any thread.
// Errors   a module that throws in Expose() is left out of this scrape. When a
//          stream of samples throws, that counts for its module as well, and
//          Next() throws ntm::Error: the scrape is lost, because what is
//          written cannot be taken back.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "module_host.h"
#include "ntm/exposition/exposition.h"
#include "ntm/flow/snapshot.h"
#include "ntm/http/route.h"

namespace ntm {

class ModuleHost::ScrapeStream final : public BodyStream {
 public:
  static constexpr size_t kBlockBytes = size_t{256} * 1024;

  // `asked` is the argument of Exposition::Only(). The host must outlive this.
  ScrapeStream(const ModuleHost& host,
               std::chrono::steady_clock::time_point began,
               std::shared_ptr<const Snapshot> fresh, ExpositionFormat format,
               const std::vector<std::string>& asked);

  bool Next(std::string* block) override;
  // Appends all that is left.
  void Finish(std::string* text);

 private:
  void Expose(Hosted* hosted);
  // Fills `block` up to `enough_bytes`. Returns false at the end.
  bool Fill(size_t enough_bytes, std::string* block);
  // Copies text_ up to `end`, as far as there is room.
  bool CopyTo(size_t end, size_t enough_bytes, std::string* block);
  bool AppendSamples(size_t enough_bytes, std::string* block);

  // Constant after construction
  const ModuleHost& host_;
  const std::shared_ptr<const Snapshot> fresh_;

  std::string text_;                 // of the small families
  std::vector<LaterSamples> later_;  // the samples of the large ones
  std::vector<Hosted*> owners_;      // of later_
  Exposition out_;
  size_t copied_ = 0;  // bytes of text_
  size_t next_ = 0;    // in later_
  bool has_own_families_ = false;
  std::chrono::steady_clock::time_point resumed_;
  std::chrono::nanoseconds spent_{0};  // before resumed_
};

}  // namespace ntm
