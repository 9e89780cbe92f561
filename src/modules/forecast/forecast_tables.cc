#include "forecast_tables.h"

#include <cmath>
#include <optional>

#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::forecast {
namespace {

constexpr int64_t kDaysOfBins = 28;
constexpr int64_t kDaysOfPredictions = 8;
constexpr int64_t kRestored = 20'000;

std::optional<double> Known(double value) {
  if (std::isnan(value)) return std::nullopt;
  return value;
}

int64_t SeriesId(Database& database, const SeriesName& name,
                 int64_t bin_seconds) {
  Statement(database,
            "INSERT OR IGNORE INTO forecast_series (interface, direction, "
            "trafficType, binSeconds) VALUES (?, ?, ?, ?)")
      .Run(name.interface, name.direction, name.traffic_class, bin_seconds);
  Statement find(database,
                 "SELECT id FROM forecast_series WHERE interface = ? AND "
                 "direction = ? AND trafficType = ? AND binSeconds = ?");
  find.Bind(name.interface, name.direction, name.traffic_class, bin_seconds);
  find.Step();
  return find.Integer(0);
}

void SaveSeries(Database& database, const KeptSeries& kept,
                int64_t bin_seconds) {
  const int64_t id = SeriesId(database, kept.name, bin_seconds);
  if (kept.state) {
    Statement(database,
              "INSERT OR REPLACE INTO forecast_models (seriesId, state) "
              "VALUES (?, CAST(? AS BLOB))")
        .Run(id, *kept.state);
  }
  Statement insert(database,
                   "INSERT OR REPLACE INTO forecast_bins (seriesId, slot, "
                   "bytesPerSecond) VALUES (?, ?, ?)");
  for (const ClosedBin& bin : kept.bins) {
    insert.Run(id, bin.slot, Known(bin.bytes_per_second));
  }
}

// Leaves out bins in the future, recorded when the clock was ahead.
std::vector<KeptSeries> LoadSeries(Database& database, int64_t bin_seconds) {
  constexpr int64_t kPatienceSeconds = 3600;
  const int64_t newest_slot =
      (WallTimeNs() / kNsPerSecond + kPatienceSeconds) / bin_seconds;
  std::vector<KeptSeries> all;
  Statement list(database,
                 "SELECT s.id, s.interface, s.direction, s.trafficType, "
                 "m.state FROM forecast_series s LEFT JOIN forecast_models m "
                 "ON m.seriesId = s.id WHERE s.binSeconds = ? ORDER BY s.id");
  list.Bind(bin_seconds);
  Statement bins(database,
                 "SELECT slot, bytesPerSecond FROM forecast_bins WHERE "
                 "seriesId = ? AND slot <= ? ORDER BY slot");
  while (list.Step()) {
    KeptSeries kept;
    kept.name = {list.Text(1), list.Text(2), list.Text(3)};
    if (!list.IsNull(4)) kept.state = list.Text(4);
    bins.Bind(list.Integer(0), newest_slot);
    while (bins.Step()) {
      kept.bins.push_back(
          {bins.Integer(0), bins.IsNull(1) ? std::nan("") : bins.Real(1)});
    }
    all.push_back(std::move(kept));
  }
  return all;
}

void SavePredictions(Database& database,
                     const std::vector<Prediction>& predictions) {
  Statement insert(
      database,
      "INSERT OR REPLACE INTO predictions (id, timestamp, timeNs, interface, "
      "direction, trafficType, horizonSeconds, slot, modelType, "
      "predictedBandwidth, lowerBandwidth, upperBandwidth, requiredBandwidth, "
      "confidence, actualBandwidth, error) VALUES "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const Prediction& p : predictions) {
    insert.Run(p.id, UtcText(p.time_ns), p.time_ns, p.name.interface,
               p.name.direction, p.traffic_type, p.horizon_seconds, p.slot,
               p.model_type, p.predicted_mbps, p.lower_mbps, p.upper_mbps,
               p.required_mbps, p.confidence, p.actual_mbps, p.error_mbps());
  }
}

// Rows without a direction are answers to /predict that an earlier version
// stored.
std::vector<Prediction> LoadPredictions(Database& database) {
  Statement rows(
      database,
      "SELECT id, timeNs, interface, direction, trafficType, horizonSeconds, "
      "slot, modelType, predictedBandwidth, lowerBandwidth, upperBandwidth, "
      "requiredBandwidth, confidence, actualBandwidth FROM (SELECT * FROM "
      "predictions WHERE direction != '' ORDER BY id DESC LIMIT ?) ORDER BY "
      "id");
  rows.Bind(kRestored);
  std::vector<Prediction> all;
  while (rows.Step()) {
    Prediction p;
    p.id = rows.Integer(0);
    p.time_ns = rows.Integer(1);
    p.traffic_type = rows.Text(4);
    p.name = {rows.Text(2), rows.Text(3),
              p.traffic_type == "all" ? "" : p.traffic_type};
    p.horizon_seconds = rows.Integer(5);
    p.slot = rows.Integer(6);
    p.model_type = rows.Text(7);
    p.predicted_mbps = rows.Real(8);
    p.lower_mbps = rows.Real(9);
    p.upper_mbps = rows.Real(10);
    p.required_mbps = rows.Real(11);
    p.confidence = rows.Real(12);
    if (!rows.IsNull(13)) p.actual_mbps = rows.Real(13);
    all.push_back(std::move(p));
  }
  return all;
}

}  // namespace

std::vector<std::string> ForecastTables::Migrations() const {
  return {
      "CREATE TABLE predictions ("
      "id INTEGER PRIMARY KEY,"
      "timestamp TEXT NOT NULL,"
      "timeNs INTEGER NOT NULL,"
      "interface TEXT NOT NULL,"
      "direction TEXT NOT NULL,"
      "trafficType TEXT NOT NULL,"
      "horizonSeconds INTEGER NOT NULL,"
      "slot INTEGER NOT NULL,"
      "modelType TEXT NOT NULL,"
      "predictedBandwidth REAL NOT NULL,"
      "lowerBandwidth REAL NOT NULL,"
      "upperBandwidth REAL NOT NULL,"
      "requiredBandwidth REAL NOT NULL,"
      "confidence REAL NOT NULL,"
      "actualBandwidth REAL,"
      "error REAL);"
      "CREATE TABLE forecast_series ("
      "id INTEGER PRIMARY KEY,"
      "interface TEXT NOT NULL,"
      "direction TEXT NOT NULL,"
      "trafficType TEXT NOT NULL,"
      "binSeconds INTEGER NOT NULL,"
      "UNIQUE (interface, direction, trafficType, binSeconds));"
      "CREATE TABLE forecast_models ("
      "seriesId INTEGER PRIMARY KEY,"
      "state BLOB NOT NULL);"
      "CREATE TABLE forecast_bins ("
      "seriesId INTEGER NOT NULL,"
      "slot INTEGER NOT NULL,"
      "bytesPerSecond REAL,"
      "PRIMARY KEY (seriesId, slot)) WITHOUT ROWID;"};
}

void ForecastTables::Load(Database& database) {
  if (*book_ == nullptr) return;
  (*book_)->Restore(LoadSeries(database, (*book_)->options().bin_seconds),
                    LoadPredictions(database));
}

void ForecastTables::Save(Database& database) {
  if (*book_ == nullptr) return;
  const ForecastBook::Pending pending = (*book_)->TakePending();
  for (const KeptSeries& kept : pending.series) {
    SaveSeries(database, kept, (*book_)->options().bin_seconds);
  }
  SavePredictions(database, pending.predictions);
}

void ForecastTables::OnSaved() {
  if (*book_ != nullptr) (*book_)->Written();
}

int64_t ForecastTables::DeleteOld(Database& database, int64_t now_s,
                                  int64_t retention_days, int64_t limit) {
  const int64_t days = retention_days > 0
                           ? std::min(retention_days, kDaysOfPredictions)
                           : kDaysOfPredictions;
  Statement(database,
            "DELETE FROM predictions WHERE id IN (SELECT id FROM predictions "
            "WHERE timeNs < ? ORDER BY id LIMIT ?)")
      .Run((now_s - days * kDaySeconds) * kNsPerSecond, limit);
  const int64_t deleted = database.changes();
  if (deleted >= limit) return deleted;
  Statement(database,
            "DELETE FROM forecast_bins WHERE (seriesId, slot) IN (SELECT "
            "b.seriesId, b.slot FROM forecast_bins b JOIN forecast_series s ON "
            "s.id = b.seriesId WHERE b.slot * s.binSeconds < ? LIMIT ?)")
      .Run(now_s - kDaysOfBins * kDaySeconds, limit - deleted);
  return deleted + database.changes();
}

}  // namespace ntm::forecast
