// POST /predict, POST /predict/batch and GET /api/predictions.
//
// Threads  any.
// Errors   what cannot be is answered with 400 (no JSON) or 422 (JSON, but not
//          a request).
#pragma once

#include "forecast_book.h"
#include "ntm/http/route.h"
#include "request_history.h"

namespace ntm::forecast {

HttpResponse AnswerPredict(const HttpRequest& request, ForecastBook* book,
                           RequestHistory* history);
HttpResponse AnswerBatch(const HttpRequest& request, ForecastBook* book,
                         RequestHistory* history);
HttpResponse AnswerPredictions(const HttpRequest& request,
                               const ForecastBook& book);

}  // namespace ntm::forecast
