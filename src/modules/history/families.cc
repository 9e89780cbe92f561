#include "families.h"

#include "ntm/exposition/family.h"

namespace ntm::history {
namespace {

using prometheus::MetricFamily;

MetricFamily Plain(MetricFamily family, double value) {
  AddSample(&family, {}, value);
  return family;
}

MetricFamily PerTable(MetricFamily family, uint64_t stats, uint64_t points) {
  AddSample(&family, {{"table", "network_stats"}}, static_cast<double>(stats));
  AddSample(&family, {{"table", "traffic_history"}},
            static_cast<double>(points));
  return family;
}

}  // namespace

std::vector<MetricFamily> Families(const Recorder& recorder,
                                   const Writer* writer) {
  const WriterCounts counts =
      writer == nullptr ? WriterCounts{} : writer->counts();
  return {
      Plain(
          GaugeFamily(
              "ntm_history_persistent",
              "1 if the history is stored in a database, 0 if only in memory."),
          writer == nullptr ? 0 : 1),
      Plain(CounterFamily("ntm_history_written_bytes_total",
                          "Bytes written to the database files."),
            static_cast<double>(counts.written_bytes)),
      PerTable(CounterFamily("ntm_history_written_rows_total",
                             "Rows written, including replaced ones."),
               counts.stats_rows, counts.point_rows),
      PerTable(CounterFamily("ntm_history_deleted_rows_total",
                             "Rows deleted because they were too old."),
               counts.deleted_stats, counts.deleted_points),
      Plain(GaugeFamily("ntm_history_pending_rows",
                        "Rows in memory that are not written yet."),
            static_cast<double>(recorder.pending_rows())),
      Plain(CounterFamily("ntm_history_dropped_rows_total",
                          "Rows lost because they could not be written."),
            static_cast<double>(recorder.dropped_rows())),
      Plain(CounterFamily("ntm_history_write_errors_total",
                          "Failed writes and deletions."),
            static_cast<double>(counts.errors)),
      Plain(GaugeFamily("ntm_history_database_bytes",
                        "Size of the database, including its write-ahead log."),
            static_cast<double>(counts.database_bytes)),
      Plain(GaugeFamily("ntm_history_last_write_timestamp_seconds",
                        "Time of the last successful write."),
            static_cast<double>(counts.last_write_s)),
  };
}

}  // namespace ntm::history
