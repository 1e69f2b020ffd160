//! The emulator as a running server.

use crate::auth::Credentials;
use crate::catalog::Catalog;
use crate::faults::Fault;
use crate::journal::Exchange;
use crate::routes;
use crate::service::Service;
use crate::switches::Switches;
use crate::wire;
use crate::world::World;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

/// What an emulator starts with. The default is a fresh sandbox on a free port.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What the service remembers.
    pub world: World,
    /// The connectors it knows.
    pub catalog: Catalog,
    /// How it behaves.
    pub switches: Switches,
    /// What proves an operator.
    pub credentials: Credentials,
    /// The port on 127.0.0.1; none: one that is free.
    pub port: Option<u16>,
}

/// A running emulator. It stops when it is dropped, open connections included.
#[derive(Debug)]
pub struct Emulator {
    service: Arc<Service>,
    running: Running,
}

#[derive(Debug)]
enum Running {
    /// On the caller's runtime.
    Task(AbortHandle),
    /// On a thread of its own, which ends when the sender is dropped.
    Thread { stop: Option<oneshot::Sender<()>>, thread: Option<JoinHandle<()>> },
}

impl Emulator {
    /// Starts an emulator as a background task of the current tokio runtime.
    ///
    /// # Errors
    /// The port cannot be bound.
    #[expect(clippy::unused_async, reason = "it needs a runtime, and being async says so")]
    pub async fn start(config: Config) -> io::Result<Emulator> {
        let (listener, service) = prepare(config)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let task = tokio::spawn(wire::serve(listener, Arc::clone(&service).router()));
        Ok(Emulator { service, running: Running::Task(task.abort_handle()) })
    }

    /// Starts an emulator on a thread and a runtime of its own, for callers without one.
    ///
    /// # Errors
    /// The port cannot be bound, or the thread cannot be started.
    pub fn start_blocking(config: Config) -> io::Result<Emulator> {
        let (listener, service) = prepare(config)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let router = Arc::clone(&service).router();
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let thread = std::thread::Builder::new().name("emulator".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = wire::serve(listener, router) => {}
                    _ = stopped => {}
                }
            });
        })?;
        let running = Running::Thread { stop: Some(stop), thread: Some(thread) };
        Ok(Emulator { service, running })
    }

    /// Every route there is under some switch, as method and template, such as `GET` and
    /// `/api/v1/workspaces/{workspace_id}`.
    pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
        routes::all().map(|route| (route.method, route.template))
    }

    /// The root of the API: `http://127.0.0.1:PORT/api/v1`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/api/v1", self.service.host())
    }

    /// A copy of the present world.
    #[must_use]
    pub fn world(&self) -> World {
        self.service.lock().world.clone()
    }

    /// Puts another world in place of the present one. Tokens stay good.
    pub fn set_world(&self, mut world: World) {
        world.complete();
        self.service.lock().world = world;
    }

    /// Changes the world "by hand", as someone at the web app would between two runs.
    pub fn edit<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        change(&mut self.service.lock().world)
    }

    /// The present switches.
    #[must_use]
    pub fn switches(&self) -> Switches {
        self.service.lock().switches.clone()
    }

    /// Turns the switches; it holds from the next request on.
    pub fn set_switches(&self, switches: Switches) {
        self.service.lock().switches = switches;
    }

    /// Every request so far, since the journal was last cleared, in the order in which they were
    /// carried out.
    #[must_use]
    pub fn journal(&self) -> Vec<Exchange> {
        self.service.lock().journal.clone()
    }

    /// How many requests there were since the journal was last cleared.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.service.lock().journal.len()
    }

    /// Forgets the requests so far.
    pub fn clear_journal(&self) {
        self.service.lock().journal.clear();
    }

    /// Puts a fault in the way of requests to come.
    pub fn inject(&self, fault: Fault) {
        self.service.lock().faults.inject(fault);
    }

    /// Takes back every fault that has not been met yet.
    pub fn clear_faults(&self) {
        self.service.lock().faults.clear();
    }

    /// Ends every operator token that was exchanged so far, as when credentials are revoked.
    pub fn revoke_operator_tokens(&self) {
        self.service.lock().authority.revoke_operator_tokens();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        match &mut self.running {
            Running::Task(task) => task.abort(),
            Running::Thread { stop, thread } => {
                drop(stop.take());
                if let Some(thread) = thread.take() {
                    // A panic over there has been printed; there is nothing to add here.
                    let _ = thread.join();
                }
            }
        }
    }
}

fn prepare(config: Config) -> io::Result<(TcpListener, Arc<Service>)> {
    let Config { world, catalog, switches, credentials, port } = config;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))?;
    listener.set_nonblocking(true)?;
    let host = format!("http://{}", listener.local_addr()?);
    Ok((listener, Arc::new(Service::new(world, catalog, switches, credentials, host))))
}
