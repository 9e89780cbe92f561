// Writes a metric family as a delimited protobuf message.
//
// Shape    length of the message, head (name, help, type), samples. The samples
//          are written apart from the head, so that those of a large family can
//          be a stream.
// Errors   AppendFamilyHead throws ntm::Error if the message would be larger
//          than protobuf allows (2 GiB).
// Threads  pure functions.
#pragma once

#include <prometheus/metric_family.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/exposition/histogram_family.h"

namespace ntm {

// Appends all of a message but the samples, which have `samples_bytes`.
void AppendFamilyHead(std::string_view name, std::string_view help,
                      prometheus::MetricType type, size_t samples_bytes,
                      std::string* out);

// The samples. Left out are negative and NaN counters, and buckets and
// quantiles at NaN. The bucket of +Inf is left out, too: it is sample_count.
// `native` is empty, or has one element per sample; histograms that have native
// buckets are counted since `created_ns` (since the epoch; 0: not known).
std::string SampleMessages(const prometheus::MetricFamily& family,
                           const std::vector<NativeBuckets>& native,
                           int64_t created_ns);

}  // namespace ntm
