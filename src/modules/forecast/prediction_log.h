// Records the predictions made and their actual values.
//
// Units    Mbit/s as the API has it; confidence 0 to 100; ns since the epoch.
// Shape    the newest `capacity` predictions. A prediction is pending, that is,
//          to be written, when it is new and again when its actual value is
//          known.
// Threads  not synchronised.
// Errors   none.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "series_name.h"

namespace ntm::forecast {

struct Prediction {
  int64_t id = 0;
  int64_t time_ns = 0;       // when it was made
  SeriesName name;           // direction "" for both
  std::string traffic_type;  // "all" for no class
  int64_t horizon_seconds = 0;
  int64_t slot = 0;  // the last bin known then
  double predicted_mbps = 0;
  double lower_mbps = 0;
  double upper_mbps = 0;
  double required_mbps = 0;
  double confidence = 0;
  std::string model_type;
  std::optional<double> actual_mbps;
  // predicted − actual
  std::optional<double> error_mbps() const {
    if (!actual_mbps) return std::nullopt;
    return predicted_mbps - *actual_mbps;
  }
};

class PredictionLog {
 public:
  explicit PredictionLog(size_t capacity) : capacity_(capacity) {}

  // Adds a prediction and assigns its id.
  int64_t Add(Prediction prediction);
  // Reserves an id for a prediction that is kept elsewhere.
  int64_t TakeId() { return next_id_++; }
  // Adds a prediction read from the database.
  void Restore(Prediction prediction);

  // Sets the actual value of the predictions made at `slot` of this series over
  // `horizon_seconds`; nullopt if there will never be an actual value.
  void Settle(const SeriesName& name, int64_t slot, int64_t horizon_seconds,
              std::optional<double> actual_mbps);

  // The newest first; `type` "" for all.
  std::vector<Prediction> Newest(const std::string& type, size_t limit) const;

  // Predictions to be written: new ones, and those with a new actual value.
  const std::map<int64_t, Prediction>& pending() const { return pending_; }
  // Marks predictions as written; those changed since pending() stay pending.
  void Written(const std::vector<Prediction>& written);

 private:
  struct Key {
    SeriesName name;
    int64_t slot;
    int64_t horizon_seconds;
    auto operator<=>(const Key&) const = default;
  };
  void Keep(const Prediction& prediction);

  size_t capacity_;
  int64_t next_id_ = 1;
  std::deque<Prediction> newest_;  // rising ids
  std::multimap<Key, Prediction> waiting_;
  std::map<int64_t, Prediction> pending_;
};

}  // namespace ntm::forecast
