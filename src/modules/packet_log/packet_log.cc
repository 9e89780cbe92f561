// Logs all packets or a sample of them: to a CSV file, a bounded list in
// memory, and the database.

#include "ntm/flow/packet_log.h"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "csv_file.h"
#include "log_api.h"
#include "log_rows.h"
#include "log_tables.h"
#include "ntm/base/thread_work.h"
#include "ntm/base/whole_number.h"
#include "ntm/exposition/family.h"
#include "ntm/module/module.h"
#include "ntm/module/needed_rights.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/other_runs.h"
#include "ntm/module/packet_logging.h"
#include "ntm/module/stored_tables.h"

namespace ntm::packet_log {
namespace {

constexpr std::chrono::milliseconds kPause{20};
constexpr size_t kBatch = 4096;
constexpr int64_t kMostOneOf = 1'000'000'000;

// "1/N", or N alone.
uint64_t ParseSample(const std::string& text) {
  const std::string number = text.starts_with("1/") ? text.substr(2) : text;
  if (const auto one_of = ParseWholeNumber(number, 1, kMostOneOf)) {
    return static_cast<uint64_t>(*one_of);
  }
  throw std::invalid_argument("'" + text +
                              "' is not a share of the packets such as 1/100");
}

// The priority of a class for which the QoS module has no rule.
int UsualPriority(const std::string& class_name) {
  constexpr int kHighest = 3;
  if (class_name == "video" || class_name == "voice") return kHighest;
  return class_name == "file" ? 1 : 0;
}

class PacketLogModule final : public Module,
                              public OtherRuns,
                              public NeededRights,
                              public PacketLogging,
                              public TableOwner {
 public:
  std::string_view name() const noexcept override { return "packet_log"; }
  bool runs_on_files() const noexcept override { return true; }
  void AddOptions(OptionDeclarer& options) override;
  std::shared_ptr<PacketLog> packet_log() override;
  StoredTables* stored_tables() override;
  void Open() override;
  void Start() override;
  void OnTick(const Tick& tick) override;
  void Stop() override;
  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<std::string> written_paths() const override {
    if (path_.empty()) return {};
    return {path_};
  }
  std::vector<Route> Routes() override;

 private:
  void Run(const std::stop_token& stop);
  // Returns true iff more packets may be waiting.
  bool Empty();
  void Write(const std::vector<PacketRecord>& records);
  int PriorityOf(ClassId id);

  // Constant after Open().
  std::string path_;     // "": no file
  uint64_t one_of_ = 0;  // 0: --log-sample is not set
  size_t limit_ = 10'000;
  std::shared_ptr<PacketLog> log_;  // null: off
  std::unique_ptr<LogRows> rows_;
  std::unique_ptr<LogTables> tables_;

  // thread_ only, once it is running.
  std::unique_ptr<CsvFile> file_;
  std::unique_ptr<ClassThroughput> throughput_;
  std::vector<PacketRecord> records_;

  // By class; -1 for classes without a QoS rule.
  std::array<std::atomic<int>, 256> priorities_{};
  std::atomic<uint64_t> lost_ = 0;  // lost lines

  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;
};

void PacketLogModule::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void PacketLogModule::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("log");
  options.AddText("--packet-log", path_, "FILE",
                  "Write one line for each packet to this CSV file");
  options.AddWord(
      "--log-sample", one_of_,
      [](const std::string& text) {
        return text.empty() ? 0 : ParseSample(text);
      },
      "1/N",
      "Log one packet in N: to /api/logs, to the database, and to the file of "
      "--packet-log, which has every packet without this");
  options
      .AddNumber("--log-rows", limit_, "N",
                 "Most packets to keep for /api/logs and in the database")
      .Within(1, 1'000'000);
}

std::shared_ptr<PacketLog> PacketLogModule::packet_log() {
  if (path_.empty() && one_of_ == 0) return nullptr;
  if (log_ == nullptr) {
    for (std::atomic<int>& priority : priorities_) priority = -1;
    log_ = std::make_shared<PacketLog>(one_of_ == 0 ? 1 : one_of_);
    rows_ = std::make_unique<LogRows>(limit_);
    tables_ = std::make_unique<LogTables>(rows_.get(), log_, limit_);
    throughput_ = std::make_unique<ClassThroughput>(log_->one_of());
  }
  return log_;
}

StoredTables* PacketLogModule::stored_tables() {
  packet_log();
  return tables_.get();
}

void PacketLogModule::Open() {
  if (log_ != nullptr && !path_.empty()) {
    file_ = std::make_unique<CsvFile>(path_);
  }
}

void PacketLogModule::Start() {
  if (log_ == nullptr) return;
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread("ntm-packet-log", stop, [&] { Run(stop); });
  });
}

void PacketLogModule::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    while (Empty()) {
    }
    // Polls, since the capture threads must not make a system call to wake this
    // one.
    stopped_.wait_for(lock, stop, kPause, [] { return false; });
  }
  while (Empty()) {
  }
}

bool PacketLogModule::Empty() {
  bool more = false;
  for (const auto& lane : log_->lanes()) {
    records_.clear();
    more = lane->Take(kBatch, &records_) == kBatch || more;
    Write(records_);
  }
  if (file_ != nullptr) lost_ += file_->Flush();
  return more;
}

void PacketLogModule::Write(const std::vector<PacketRecord>& records) {
  if (records.empty()) return;
  std::vector<LogRow> rows;
  rows.reserve(records.size());
  const Anonymizer* anonymizer = log_->anonymizer().get();
  for (const PacketRecord& record : records) {
    LogRow row;
    row.record = record;
    if (anonymizer != nullptr) {
      row.record.src = anonymizer->Alias(record.src);
      row.record.dst = anonymizer->Alias(record.dst);
    }
    row.throughput_mbps = throughput_->Add(record);
    row.priority = PriorityOf(record.traffic_class);
    if (file_ != nullptr) {
      file_->Add(row, log_->ClassName(record.traffic_class));
    }
    rows.push_back(row);
  }
  rows_->Add(std::move(rows));
}

int PacketLogModule::PriorityOf(ClassId id) {
  const int priority = priorities_[id].load(std::memory_order_relaxed);
  return priority >= 0 ? priority : UsualPriority(log_->ClassName(id));
}

void PacketLogModule::OnTick(const Tick& tick) {
  if (log_ == nullptr || tick.reports.qos == nullptr) return;
  for (const ClassShare& share : tick.reports.qos->classes) {
    const ClassId id = log_->Find(share.name);
    if (id != kNoClass) priorities_[id] = share.priority;
  }
}

std::vector<prometheus::MetricFamily> PacketLogModule::Collect() const {
  if (log_ == nullptr) return {};
  uint64_t logged = 0;
  uint64_t dropped = 0;
  for (const auto& lane : log_->lanes()) {
    logged += lane->taken_in();
    dropped += lane->dropped();
  }
  auto packets =
      CounterFamily("ntm_packet_log_packets_total", "Packets logged.");
  auto left_out =
      CounterFamily("ntm_packet_log_dropped_total",
                    "Packets not logged because the log was too slow.");
  auto lost = CounterFamily("ntm_packet_log_failed_lines_total",
                            "Lines that could not be written to the file.");
  AddSample(&packets, {}, static_cast<double>(logged));
  AddSample(&left_out, {}, static_cast<double>(dropped));
  AddSample(&lost, {}, static_cast<double>(lost_.load()));
  return {packets, left_out, lost};
}

std::vector<Route> PacketLogModule::Routes() {
  return {{"GET", "/api/logs",
           "packets, newest first: ?limit=100&offset=0&type=video",
           [this](const HttpRequest& request) {
             return log_ == nullptr ? NoLogs()
                                    : ListLogs(*rows_, *log_, request);
           }}};
}

}  // namespace

std::unique_ptr<Module> MakeModule() {
  return std::make_unique<PacketLogModule>();
}

}  // namespace ntm::packet_log
