// The families ntm_names_…: what was done to learn names, and what was not.
//
// Threads  any.
// Errors   none.
#pragma once

#include <cstdint>
#include <optional>

#include "handshakes.h"
#include "name_rules.h"
#include "name_table.h"
#include "ntm/module/module.h"
#include "ptr_resolver.h"

namespace ntm::names {

void WriteAsked(const PtrResolver& resolver, Exposition* out);
void WriteNames(const NameRules& rules, const NameTable& table,
                Exposition* out);
void WriteHandshakes(const Handshakes& handshakes, Exposition* out);
// Of the taps that there are.
void WriteLost(std::optional<uint64_t> dns_frames,
               std::optional<uint64_t> handshake_frames, Exposition* out);
void WriteForgotten(const NameTable& table, Exposition* out);

}  // namespace ntm::names
