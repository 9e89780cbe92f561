// Stores the forecast in the database: bins, trained models, predictions.
//
// Shape    forecast_series has a row per series and bin length, forecast_models
//          its state at the last training, forecast_bins every bin (the bins
//          since the training are replayed at a restart), predictions the
//          forecasts with their actual values. Bins are kept for four weeks,
//          predictions for --retention-days, at most eight days.
// Threads  as StoredTables says; the book has a lock of its own.
// Errors   DatabaseError.
#pragma once

#include <string>
#include <vector>

#include "forecast_book.h"
#include "ntm/module/stored_tables.h"

namespace ntm::forecast {

class ForecastTables final : public StoredTables {
 public:
  // `*book` is null while forecasts are off; `book` must outlive this object.
  explicit ForecastTables(ForecastBook* const* book) : book_(book) {}

  std::string_view name() const noexcept override { return "forecast"; }
  std::vector<std::string> Migrations() const override;
  void Load(Database& database) override;
  void Save(Database& database) override;
  void OnSaved() override;
  int64_t DeleteOld(Database& database, int64_t now_s, int64_t retention_days,
                    int64_t limit) override;

 private:
  ForecastBook* const* book_;
};

}  // namespace ntm::forecast
