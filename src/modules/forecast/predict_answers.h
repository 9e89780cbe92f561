// Handlers of POST /predict, POST /predict/batch and GET /api/predictions.
//
// Threads  any.
// Errors   answered with 400 (not JSON, or a wrong parameter) or 422 (JSON, but
//          not a valid request).
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
