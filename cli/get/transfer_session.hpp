#pragma once

#include "cli/get/batch.hpp"
#include "cli/get/json_events.hpp"
#include "cli/get/observers.hpp"
#include "cli/get/progress.hpp"
#include "cli/get/tally.hpp"
#include "cli/get/text_report.hpp"
#include "cli/interrupt.hpp"
#include "cli/options/options_direct.hpp"
#include "cli/text/console.hpp"
#include "cli/world.hpp"

#include <asio/cancellation_signal.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace ferry::cli {

/// For a session, and whoever asks servers before it.
std::shared_ptr<world_loop> loop_for(const transfer_settings& transfer);

/// One run of `get` or `put`: the event loop, the batch, and all that report about it.
class transfer_session {
  public:
    /// @param loop    For as long as this lives.
    /// @param type    What it is to those who look.
    /// @param upload  How to upload the items; none: they come here.
    transfer_session(
        world_loop& loop, const direct_options& options, job_type type,
        std::vector<transfer_item> items, std::optional<upload_options> upload = {});

    /// errc::bad_argument for a URL that cannot be reached at all; nothing has started yet.
    result<void> check();
    /// Transfers everything, or until a signal arrives.
    exit_code run();

  private:
    awaitable<result<void>> all();
    void add_observers();
    void write_event(std::string_view line);
    void warn();
    void summarize();
    line_output& lines();

    const direct_options& options_;
    job_type type_;
    bool uploads_;
    asio::io_context& io_;
    environment& with_;
    clock& time_;
    plain_lines plain_;
    tally tally_;
    observers observers_;
    std::optional<progress_display> display_;
    std::optional<text_report> text_;
    std::optional<json_events> events_;
    bool events_written_ = true;
    batch batch_;
    clock::time_point started_;
    asio::cancellation_signal stop_;
};

}  // namespace ferry::cli
