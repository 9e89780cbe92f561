// Makes from the options the objects that live runs and file runs share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/host/module_host.h"
#include "app/options/options.h"
#include "ntm/capture/capture.h"
#include "ntm/capture/tap.h"
#include "ntm/flow/packet_log.h"
#include "ntm/module/module.h"
#include "ntm/net/anonymizer.h"
#include "ntm/net/local_networks.h"
#include "ntm/net/services.h"

namespace ntm {

// Reads the services file. If the default file does not exist, logs a warning;
// a missing file that was named with --services-file is an error.
std::shared_ptr<const Services> LoadServices(const Options& options);

// The classes of --class and --classify, and the usual domains.
std::shared_ptr<const TrafficClasses> MakeTrafficClasses(
    const Options& options);

// The interfaces of -i, or the default one; throws ntm::Error if there is none.
std::vector<std::string> InterfacesOf(const Options& options);

// The networks of --local-net, or the default ones and those of the interfaces.
std::shared_ptr<const LocalNetworks> LocalNetworksOf(
    const Options& options, const std::vector<std::string>& interfaces);

// Null without --anonymize; creates the key if it does not exist.
std::shared_ptr<const Anonymizer> MakeAnonymizer(const Options& options);

CaptureSettings CaptureSettingsOf(const Options& options);

// Logs a warning if --class lists domains, but no module learns names.
void WarnOfUnusedDomains(const Options& options, bool learns_servers);

// The taps from which modules learn names of hosts; of interfaces (`is_live`)
// also those that no option asks for. None with --anonymize, which shows no
// names, unless names give classes. The modules must outlive them.
std::vector<TapPlan> TapsOf(
    const Options& options, bool is_live, const TrafficClasses& classes,
    const std::vector<std::unique_ptr<Module>>& modules);

// The packet log of the first module that has one, or null.
std::shared_ptr<PacketLog> PacketLogOf(
    const std::vector<std::unique_ptr<Module>>& modules);

// Writes the whole exposition to standard output; throws ntm::Error.
void PrintExposition(const ModuleHost& host);

}  // namespace ntm
