#include "ntm/capture/capture_filter.h"

#include <pcap/pcap.h>

#include <array>
#include <cctype>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "bounded_work.h"
#include "filter_error.h"
#include "ntm/base/error.h"
#include "tag_removal.h"

namespace ntm {
namespace {

// Memory for one frame without its tags: what a ring's frame can hold.
constexpr size_t kMaxFrameBytes = 262144;

// Where a link header keeps the Ethertype, for those that can carry tags.
std::optional<uint32_t> TypeOffset(int link_type) {
  switch (link_type) {
    case DLT_EN10MB:
      return 12;
    case DLT_LINUX_SLL:
      return 14;
    default:
      return std::nullopt;
  }
}

bool NamesEncapsulation(const std::string& expression) {
  std::string word;
  for (size_t i = 0; i <= expression.size(); ++i) {
    const char c = i < expression.size() ? expression[i] : ' ';
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' ||
        c == '-' || c == '_') {
      word += c;
      continue;
    }
    if (word == "vlan" || word == "pppoes") return true;
    word.clear();
  }
  return false;
}

// Only `ip broadcast` asks for it; without, an interface that comes back before
// it has an address takes what was compiled.
uint32_t Netmask(const std::string& interface, const std::string& expression) {
  bpf_u_int32 net = 0;
  bpf_u_int32 mask = PCAP_NETMASK_UNKNOWN;
  std::array<char, PCAP_ERRBUF_SIZE> ignored{};
  if (interface.empty() || expression.find("broadcast") == std::string::npos ||
      pcap_lookupnet(interface.c_str(), &net, &mask, ignored.data()) != 0) {
    return PCAP_NETMASK_UNKNOWN;
  }
  return mask;
}

constexpr char kSeeSyntax[] = "; see pcap-filter(7) for the syntax";

// A long expression would hide the message.
std::string Quoted(const std::string& expression) {
  constexpr size_t kMostShown = 2000;
  if (expression.size() <= kMostShown) return "'" + expression + "'";
  return "of " + std::to_string(expression.size()) + " characters '" +
         expression.substr(0, kMostShown / 20) + "…'";
}

// What to say where the search for the column takes too long.
class FilterComplaint {
 public:
  void Set(const std::string& text) {
    const std::scoped_lock lock(mutex_);
    text_ = text;
  }
  std::string text() const {
    const std::scoped_lock lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

[[noreturn]] void ThrowWrong(
    const std::string& expression, const std::string& message,
    const std::function<bool(const std::string&)>& compiles,
    const std::function<void(const std::string&)>& complain) {
  const std::string what =
      "cannot use the filter " + Quoted(expression) + ": " + message;
  complain(what);
  const std::string column =
      std::to_string(FilterErrorColumn(expression, message, compiles));
  throw Error(what + " (column " + column + ")" + kSeeSyntax);
}

// Shared, because an abandoned compilation continues to use it.
template <typename Result, typename Work>
Result CompileBounded(const std::string& expression, Work work) {
  struct Outcome {
    Result result{};
    FilterComplaint complaint;
  };
  const auto outcome = std::make_shared<Outcome>();
  const std::string lacking = RunBounded("ntm-filter", {}, [outcome, work] {
    outcome->result = work(
        [&outcome](const std::string& what) { outcome->complaint.Set(what); });
  });
  if (lacking.empty()) return std::move(outcome->result);
  if (const std::string what = outcome->complaint.text(); !what.empty()) {
    throw Error(what + kSeeSyntax);
  }
  throw Error("cannot use the filter " + Quoted(expression) +
              ": libpcap needs more than " + lacking +
              " for it; name networks in place of their hosts, or let the "
              "query choose");
}

}  // namespace

struct CaptureFilter::Program {
  Program() = default;
  ~Program() { pcap_freecode(&code); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool Compile(pcap_t* handle, const std::string& expression,
               uint32_t netmask) {
    return pcap_compile(handle, &code, expression.c_str(), 1, netmask) == 0;
  }

  bpf_program code{};
};

struct CaptureFilter::Compiled {
  Program kernel;
  std::unique_ptr<Program> second;  // null: none is needed
  std::string description;
};

class FilterCache {
 public:
  using Compiled = CaptureFilter::Compiled;
  // Link type, snapshot length, netmask, whether it is live, whether it is raw,
  // expression: all that a program depends on.
  using Key = std::tuple<int, int, uint32_t, bool, bool, std::string>;

  std::shared_ptr<const Compiled> Find(const Key& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = compiled_.find(key);
    return found == compiled_.end() ? nullptr : found->second;
  }
  void Add(const Key& key, std::shared_ptr<const Compiled> compiled) {
    const std::scoped_lock lock(mutex_);
    compiled_[key] = std::move(compiled);
  }

 private:
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<const Compiled>> compiled_;
};

std::shared_ptr<FilterCache> MakeFilterCache() {
  return std::make_shared<FilterCache>();
}

// Compiles only the programs that are used, because compiling takes long.
std::shared_ptr<const CaptureFilter::Compiled> CaptureFilter::Compile(
    pcap* handle, uint32_t netmask, const std::string& expression, bool raw,
    const std::function<void(const std::string&)>& complain) {
  auto made = std::make_shared<Compiled>();
  const int link_type = pcap_datalink(handle);
  std::string for_kernel = expression;
  if (raw) {
    made->description = "as given (--raw-filter)";
  } else if (!TypeOffset(link_type)) {
    made->description = "as given: this link type carries no tags";
  } else if (NamesEncapsulation(expression)) {
    made->description = "as given: it names vlan or pppoes itself";
  } else {
    auto second = std::make_unique<Program>();
    pcap_t* offline =
        pcap_open_dead(link_type, static_cast<int>(kMaxFrameBytes));
    const bool works = second->Compile(offline, expression, netmask);
    pcap_close(offline);
    if (works) {
      made->description = "on frames without their tags and PPPoE header";
      made->second = std::move(second);
      for_kernel = "(" + expression + ")" + std::string(kEncapsulated);
    } else {
      made->description = "as given: only the kernel can tell it";
    }
  }
  if (made->kernel.Compile(handle, for_kernel, netmask)) return made;
  const std::string message = pcap_geterr(handle);
  if (made->second != nullptr) {
    throw Error("cannot use the filter " + Quoted(expression) + ": " + message +
                "; try a shorter one, or --raw-filter");
  }
  const auto compiles = [handle, netmask](const std::string& text) {
    Program program;
    return program.Compile(handle, text, netmask);
  };
  ThrowWrong(expression, message, compiles, complain);
}

CaptureFilter::CaptureFilter(const std::shared_ptr<pcap>& handle,
                             const std::string& interface,
                             const std::string& expression, bool raw,
                             FilterCache* cache) {
  Take(handle, interface, expression, raw, cache);
  if (compiled_ == nullptr) return;
  bpf_program kernel = compiled_->kernel.code;
  if (pcap_setfilter(handle.get(), &kernel) != 0) {
    throw Error("cannot use the filter " + Quoted(expression) + ": " +
                pcap_geterr(handle.get()) +
                "; try a shorter one, or --raw-filter");
  }
}

CaptureFilter::CaptureFilter(int link_type, const std::string& expression,
                             bool raw, FilterCache* cache) {
  const std::shared_ptr<pcap> handle(
      pcap_open_dead(link_type, static_cast<int>(kMaxFrameBytes)), pcap_close);
  Take(handle, "", expression, raw, cache);
}

void CaptureFilter::Take(const std::shared_ptr<pcap>& handle,
                         const std::string& interface,
                         const std::string& expression, bool raw,
                         FilterCache* cache) {
  if (expression.empty()) {
    description_ = "none (every frame)";
    return;
  }
  const uint32_t netmask = Netmask(interface, expression);
  const int link_type = pcap_datalink(handle.get());
  const FilterCache::Key key(link_type, pcap_snapshot(handle.get()), netmask,
                             !interface.empty(), raw, expression);
  compiled_ = cache->Find(key);
  if (compiled_ == nullptr) {
    compiled_ = CompileBounded<std::shared_ptr<const Compiled>>(
        expression, [handle, netmask, expression, raw](const auto& complain) {
          return Compile(handle.get(), netmask, expression, raw, complain);
        });
    cache->Add(key, compiled_);
  }
  if (compiled_->second != nullptr) {
    second_ = compiled_->second.get();
    type_offset_ = TypeOffset(link_type).value_or(0);
    stripped_.resize(kMaxFrameBytes);
  }
  description_ = Quoted(expression) + " (" + compiled_->description + "), " +
                 std::to_string(compiled_->kernel.code.bf_len) +
                 " BPF instructions";
}

CaptureFilter::~CaptureFilter() = default;

bool CaptureFilter::MatchesKernels(const Frame& frame) const noexcept {
  pcap_pkthdr header{};
  header.caplen = frame.captured_bytes;
  header.len = frame.wire_bytes;
  return pcap_offline_filter(&compiled_->kernel.code, &header, frame.data) != 0;
}

bool CaptureFilter::MatchesWithoutTags(const Frame& frame) noexcept {
  const Untagged untagged = RemoveTags(frame, type_offset_, stripped_);
  // Plain after all: the kernel has decided.
  if (untagged.removed_bytes == 0) return true;
  pcap_pkthdr pseudo{};
  pseudo.caplen = static_cast<bpf_u_int32>(untagged.bytes);
  pseudo.len = frame.wire_bytes - static_cast<uint32_t>(untagged.removed_bytes);
  return pcap_offline_filter(&second_->code, &pseudo, stripped_.data()) != 0;
}

void CheckFilter(const std::string& expression) {
  if (expression.empty()) return;
  CompileBounded<bool>(expression, [expression](const auto& complain) {
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(
        pcap_open_dead(DLT_EN10MB, static_cast<int>(kMaxFrameBytes)),
        pcap_close);
    const auto compiles = [&handle](const std::string& text) {
      bpf_program code{};
      // `ip broadcast` only needs that there is a netmask.
      const bool right =
          pcap_compile(handle.get(), &code, text.c_str(), 1, 0) == 0;
      pcap_freecode(&code);
      return right;
    };
    if (compiles(expression)) return true;
    ThrowWrong(expression, pcap_geterr(handle.get()), compiles, complain);
  });
}

}  // namespace ntm
