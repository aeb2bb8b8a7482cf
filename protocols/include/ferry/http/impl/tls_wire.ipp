#pragma once

#include <openssl/bio.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ferry::http {

/// A BIO over send() and recv(): OpenSSL's own socket BIO would raise SIGPIPE, and a library must
/// not change what signals do.
struct tls_stream::callbacks {
    static wire& of(BIO* bio) noexcept { return *static_cast<wire*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* into, int size) {
        auto& me = of(bio);
        BIO_clear_retry_flags(bio);
        if (me.first == me.end) {
            const auto got = refill(bio, me);
            if (got <= 0) return static_cast<int>(got);
        }
        const auto given = std::min(to_size(size), me.end - me.first);
        std::memcpy(into, me.ahead.get() + me.first, given);
        me.first += given;
        return static_cast<int>(given);
    }
    static int write(BIO* bio, const char* from, int size) {
        auto& me = of(bio);
        BIO_clear_retry_flags(bio);
        const std::span bytes(from, to_size(size));
        if (me.below) return static_cast<int>(taken(bio, me, me.below->write(as_bytes(bytes))));
        const auto put =
            retried([&] { return ::send(me.socket, from, bytes.size(), MSG_NOSIGNAL); });
        if (put < 0 && !later(bio, BIO_FLAGS_WRITE)) me.why = socket_failure(errno);
        return static_cast<int>(put);
    }
    static long control(BIO* bio, int command, long, void*) {
        if (command == BIO_CTRL_FLUSH) return 1;
        if (command == BIO_CTRL_EOF) return of(bio).at_end;
        return 0;
    }
    static const BIO_METHOD* method() {
        static const std::unique_ptr<BIO_METHOD, detail::freed_by<BIO_meth_free>> all = [] {
            const auto made = BIO_meth_new(
                BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "ferry socket");
            BIO_meth_set_read(made, read);
            BIO_meth_set_write(made, write);
            BIO_meth_set_ctrl(made, control);
            return decltype(all)(made);
        }();
        return all.get();
    }

  private:
    /// Takes many records in one system call, once they come fast enough to fill a buffer.
    static ssize_t refill(BIO* bio, wire& me) {
        static constexpr std::size_t small = 32 * 1024;
        static constexpr std::size_t large = 256 * 1024;
        const bool ran_full = me.end == me.size;
        if (ran_full && me.size < large) {
            me.size = me.size == 0 ? small : large;
            me.ahead = std::make_unique_for_overwrite<std::byte[]>(me.size);
        }
        const auto got = receive(bio, me, {me.ahead.get(), me.size});
        me.first = 0;
        me.end = got > 0 ? static_cast<std::size_t>(got) : 0;
        return got;
    }
    static ssize_t receive(BIO* bio, wire& me, std::span<std::byte> into) {
        if (me.below) return taken(bio, me, me.below->read(into));
        const auto got = retried([&] { return ::recv(me.socket, into.data(), into.size(), 0); });
        if (got == 0) me.at_end = true;
        if (got < 0 && !later(bio, BIO_FLAGS_READ)) me.why = socket_failure(errno);
        return got;
    }
    /// What another TLS stream did, as recv() and send() would tell it.
    static ssize_t taken(BIO* bio, wire& me, io_result done) {
        switch (done.state) {
            case io_state::moved:
                return static_cast<ssize_t>(done.bytes);
            case io_state::want_read:
                BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
                return -1;
            case io_state::want_write:
                BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
                return -1;
            case io_state::end:
                me.at_end = true;
                return 0;
            case io_state::failed:
                me.why = std::move(done.why);
                break;
        }
        return -1;
    }
    static std::size_t to_size(int size) noexcept { return static_cast<std::size_t>(size); }
    template <class Call>
    static ssize_t retried(Call call) {
        for (;;)
            if (const ssize_t done = call(); done >= 0 || errno != EINTR) return done;
    }
    static bool later(BIO* bio, int direction) {
        if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
        BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY);
        return true;
    }
};

}  // namespace ferry::http
